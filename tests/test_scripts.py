"""Whole programs run as ``python solution.py < stdin`` runs them: what they read, print and leave to the end."""

from collections.abc import Iterator

import pytest

from axiom.problems.hidden_tests import ProgramTest
from axiom.problems.problem import Limits, Problem
from axiom.verification.judge import Judge
from axiom.verification.verdict import Outcome, Verdict
from tests.levels import LEVELS


@pytest.fixture(scope="module", params=LEVELS)
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    with Judge(workers=2, isolation=request.param) as judge:
        yield judge


def judged(judge: Judge, source: str, *tests: tuple[str, str], limits: Limits | None = None) -> Verdict:
    programs = tuple(ProgramTest(stdin, stdout) for stdin, stdout in tests or (("3\n", "6\n"), ("5\n", "10\n")))
    return judge.judge(Problem(id="t/script", entry_point="", statement="x", tests=programs, limits=limits), source)


_DOUBLE = "print(2 * int(input()))\n"
_RIGHT = {
    "it writes to its standard error": f"import sys\nprint('debug', file=sys.stderr)\n{_DOUBLE}",
    "the compiler warns": f"x = 3\nif x is 3:\n    pass\n{_DOUBLE}",
    "it logs": f"import logging\nlogging.warning('start')\n{_DOUBLE}",
    "it writes to its standard error by number": f"import os\nos.write(2, b'x' * 1000000)\n{_DOUBLE}",
    "a thread of its dies": f"import threading\nthreading.Thread(target=lambda: 1 // 0).start()\n{_DOUBLE}",
    "it ends by exit": f"{_DOUBLE}exit()\n1 // 0\n",
    "it ends by quit": f"{_DOUBLE}quit(0)\n1 // 0\n",
    "a thread that nobody waits for prints": "import threading, time\ndef main():\n    time.sleep(0.05)\n"
    "    print(2 * int(input()))\nthreading.Thread(target=main).start()\n",
    "it prints at exit": "import atexit\n@atexit.register\ndef last():\n    print(2 * int(input()))\n",
    "a thread registers what prints at exit": "import atexit, threading\ndef last():\n    print(2 * int(input()))\n"
    "threading.Thread(target=lambda: atexit.register(last)).start()\n",
    "it leaves a file of its output open": "out = open(1, 'w')\n"
    "def main():\n    out.write(str(2 * int(input())))\nmain()\n",
    "an object prints as it goes": "two = 2\nclass Last:\n    def __del__(self):\n"
    "        print(two * int(input()))\nlast = Last()\n",
    "it closes its output": f"import sys\n{_DOUBLE}sys.stdout.close()\n",
    "it has no output any more": f"import sys\n{_DOUBLE}sys.stdout = None\nprint('quiet')\n",
    "it replaces its output": f"import io, sys\n{_DOUBLE}sys.stdout = io.StringIO()\nprint('quiet')\n",
    "it wraps its output": "import io, sys\n"
    f"sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')\n{_DOUBLE}",
    "it takes its output apart": "import io, sys\n"
    f"sys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding='utf-8')\n{_DOUBLE}",
    "it reads all by the size": "import io, os\ninput = io.BytesIO(os.read(0, os.fstat(0).st_size)).readline\n"
    + _DOUBLE,
    "it reads twice": f"import sys\nsys.stdin.read()\nsys.stdin.seek(0)\n{_DOUBLE}",
    "it opens its input by name": "input = open('/dev/stdin').readline\n" + _DOUBLE,
    "it reads its input by path": "import pathlib\ninput = pathlib.Path('/dev/stdin').read_text\n" + _DOUBLE,
    "it opens its output by name": "with open('/dev/stdout', 'w') as out:\n"
    "    print(2 * int(input()), file=out)\nprint(end='')\n",
    "it writes to its standard error by name": f"open('/dev/stderr', 'w').write('debug')\n{_DOUBLE}",
    "it knows its file": f"import os\nos.path.dirname(os.path.abspath(__file__))\n{_DOUBLE}",
}


@pytest.mark.parametrize("name", _RIGHT)
def test_a_right_script_passes_also_where(judge: Judge, name: str) -> None:
    verdict = judged(judge, _RIGHT[name])
    assert verdict.passed, verdict
    wrong = judged(judge, _RIGHT[name].replace("2 *", "3 *").replace("two = 2", "two = 3"))
    assert wrong.outcome is Outcome.wrong_answer
    assert wrong.message.startswith("test 0: printed '9")


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        (f"{_DOUBLE}exit('no')\n", Outcome.runtime_error),
        (f"import threading\nthreading.Thread(target=threading.Event().wait).start()\n{_DOUBLE}", Outcome.time_limit),
        (f"import sys\nclass Odd:\n    write = print\n{_DOUBLE}sys.stdout = Odd()\n", Outcome.runtime_error),
        ("import atexit, sys\natexit.register(print, 6)\nsys.exit(1)\n", Outcome.runtime_error),
    ],
)
def test_a_script_that_the_interpreter_would_not_end_well_fails(judge: Judge, source: str, outcome: Outcome) -> None:
    assert judged(judge, source, limits=Limits(cpu_s=0.5, wall_s=0.5)).outcome is outcome


def test_a_script_may_read_and_print_megabytes(judge: Judge) -> None:
    megabytes = "1\n" * 1_500_000
    assert judged(judge, "import sys\nprint(len(sys.stdin.read().split()))\n", (megabytes, "1500000")).passed
    assert judged(judge, "print('1\\n' * int(input()), end='')\n", ("1500000", megabytes)).passed
    flood = judged(judge, "print('1\\n' * (4 * int(input())), end='')\n", ("1500000", megabytes))
    assert (flood.outcome, flood.message) == (Outcome.output_limit, f"test 0: printed more than {6_000_000} bytes")


def test_a_script_cannot_write_where_it_reads(judge: Judge) -> None:
    source = (
        "import mmap, os\ntries = [lambda: os.write(0, b'7'), lambda: os.ftruncate(0, 9), lambda: mmap.mmap(0, 1)]\n"
        "for act in tries:\n    try:\n        act()\n    except OSError:\n        print('no')\n"
    )
    assert judged(judge, source, ("3", "no\n" * 3)).passed


def test_input_that_is_no_text_is_the_problems_fault_and_no_fault_of_the_judge(judge: Judge) -> None:
    assert judged(judge, "import sys\nprint(len(sys.stdin.buffer.read()))\n", ("\ud800", "3")).passed
