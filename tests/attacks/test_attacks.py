"""Every hostile program of the corpus, at every level that claims to stop it, and every unusual but right one.

A program's header says what to expect and what must hold afterwards::

    # family: ...     # expect: outcome|outcome     # levels: namespaces process
    # after: nothing | no-file PATH                 # note: what it tries
    # generate: EXPRESSION                          its source, where no file could hold it

The level ``docker`` claims what ``namespaces`` claims.
"""

import os
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Limits, Problem
from axiom.verification.judge import Judge
from axiom.verification.verdict import Outcome, Verdict
from tests.levels import LEVELS

HERE = Path(__file__).parent
CLAIMS = {"namespaces": "namespaces", "docker": "namespaces", "process": "process"}
_INPUTS: tuple[tuple[list[int], list[int]], ...] = (
    ([1, 3], [2]),
    ([], []),
    ([], [4, 7]),
    ([-5, -5, 0], [-7, 12]),
    ([1, 1, 2], [1, 2, 2]),
    ([10**30], [3, 10**31]),
    (list(range(0, 1000, 2)), list(range(1, 1000, 2))),
    ([5], []),
    ([-1], [-2]),
    ([0] * 20, [0] * 20),
)
MERGE = Problem(
    id="attacks/merge",
    entry_point="merge",
    statement="Return one sorted list of all items of a and b.",
    tests=tuple(CallTest(args=(a, b), expected=sorted(a + b)) for a, b in _INPUTS),
    starter="def merge(a, b):",
    limits=Limits(cpu_s=1.0, wall_s=6.0, memory_bytes=128 << 20),
)


@dataclass(frozen=True, slots=True)
class Attack:
    """One file of the corpus, its header read."""

    name: str
    expect: frozenset[Outcome]
    levels: frozenset[str]
    after: str
    source: str


def read(file: Path) -> Attack:
    text = file.read_text(encoding="utf-8")
    header: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith("# "):
            break
        key, _, value = line[2:].partition(": ")
        header[key] = value
    source = eval(header["generate"]) if "generate" in header else text.partition("\n\n")[2]
    return Attack(
        name=file.stem,
        expect=frozenset(map(Outcome, header["expect"].split("|"))),
        levels=frozenset(header["levels"].split()),
        after=header["after"],
        source=source,
    )


CORPUS = [read(file) for folder in ("hostile", "right") for file in sorted((HERE / folder).glob("*.py"))]


@dataclass(frozen=True, slots=True)
class Judged:
    """The corpus at one level: all of its programs are handed to the judge at once, hostile beside right ones."""

    isolation: str
    verdicts: dict[str, Future[Verdict]]


@pytest.fixture(scope="module", params=LEVELS)
def judged(request: pytest.FixtureRequest) -> Iterator[Judged]:
    before, level = _processes(), request.param
    with Judge(workers=4, isolation=level) as judge:
        claimed = [attack for attack in CORPUS if CLAIMS[level] in attack.levels]
        yield Judged(level, {attack.name: judge.submit(MERGE, attack.source) for attack in claimed})
        # Whatever was tried, the judge still tells right from wrong.
        judge.self_test()
    assert _processes() <= before


def _processes() -> set[str]:
    """This process's children, as the kernel lists them."""
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


@pytest.mark.parametrize("attack", CORPUS, ids=[attack.name for attack in CORPUS])
def test_a_program_of_the_corpus_gets_the_verdict_that_its_header_names(judged: Judged, attack: Attack) -> None:
    if attack.name not in judged.verdicts:
        pytest.skip(f"level {judged.isolation} does not claim to stop this")
    verdict = judged.verdicts[attack.name].result()
    assert verdict.outcome in attack.expect, verdict
    assert verdict.outcome is not Outcome.passed or attack.expect == {Outcome.passed}
    assert "\x1b" not in verdict.message
    if attack.after != "nothing":
        kind, _, path = attack.after.partition(" ")
        assert kind == "no-file"
        assert not Path(path).exists()


def test_the_corpus_is_large_and_no_hostile_program_may_pass() -> None:
    hostile = [attack for attack in CORPUS if attack.expect != {Outcome.passed}]
    assert len(hostile) >= 120
    assert len(CORPUS) - len(hostile) >= 25
    assert not [attack.name for attack in hostile if Outcome.passed in attack.expect]
    assert all(attack.levels <= set(CLAIMS.values()) and "namespaces" in attack.levels for attack in CORPUS)


@pytest.fixture
def many_open() -> Iterator[None]:
    """More descriptors open in this process than a program may have, or than a jail's child closes."""
    opened = [os.open("/dev/null", os.O_RDONLY) for _ in range(300)]
    yield
    for descriptor in opened:
        os.close(descriptor)


@pytest.mark.usefixtures("many_open")
@pytest.mark.parametrize("level", LEVELS)
def test_a_program_has_its_channel_and_no_other_however_many_descriptors_the_judge_has_open(level: str) -> None:
    listing = "import os\ndef merge(a, b): return [n for n in range(4096) if n != 3 and _open(n)]\n"
    listing += "def _open(n):\n    try: return os.fstat(n)\n    except OSError: return False\n"
    only_its_own = replace(MERGE, id="attacks/own", tests=(CallTest(args=([], []), expected=[0, 1, 2]),))
    attacks = [attack for attack in CORPUS if attack.name.endswith(("__dup_over_channel", "__forge_ends"))]
    with Judge(workers=1, isolation=level) as judge:
        for attack in attacks:
            if CLAIMS[level] in attack.levels:
                assert judge.judge(MERGE, attack.source).outcome in attack.expect
        assert judge.judge(only_its_own, listing).passed
        judge.self_test()
