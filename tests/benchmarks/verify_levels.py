"""Programs judged a second at each level of isolation, in turn: ``python -m tests.benchmarks.verify_levels``.

HumanEval's canonical solutions, as in :mod:`tests.benchmarks.verify`; ``docker`` needs an engine, which
``AXIOM_CONTAINER_ENGINE`` chooses. The last line is one JSON object.
"""

import argparse
import json
import statistics

from axiom.sandbox.container_engine import find_engine
from tests.benchmarks.verify import axiom_rate

LEVELS = ("namespaces", "docker")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--passes", type=int, default=3, help="over the problems, in each repetition")
    chosen = parser.parse_args()
    engine = find_engine()
    version = engine.check()
    rates: dict[str, list[float]] = {level: [] for level in LEVELS}
    for _ in range(chosen.repetitions):
        for level in LEVELS:
            rates[level].append(axiom_rate(chosen.workers, chosen.passes, isolation=level))
    median = {level: round(statistics.median(found), 1) for level, found in rates.items()}
    ratio = round(median["docker"] / median["namespaces"], 2)
    result = {"engine": f"{engine.name} {version}", "workers": chosen.workers, **median, "docker_ratio": ratio}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
