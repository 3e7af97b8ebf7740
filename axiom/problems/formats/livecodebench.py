"""LiveCodeBench (Jain et al. 2024, arXiv 2403.07974): the rows of ``code_generation`` and ``code_generation_lite``.

Its hidden tests may be text in JSON, or that text pickled, packed with zlib and written in base64; what is unpacked is
a plain string, so an unpickler that loads no class reads it.

Its evaluator gives each test 6 s on the clock; here a whole program has 6 s of CPU on each, and the calls of a function
share them (:meth:`axiom.problems.problem.Limits.over`).
"""

import base64
import io
import json
import pickle
import zlib
from collections.abc import Mapping
from typing import Any

from axiom.problems.formats.starters import starter_of
from axiom.problems.hidden_tests import CallTest, HiddenTest, ProgramTest
from axiom.problems.problem import Limits, Problem

_LIMITS_OF_A_TEST = Limits(cpu_s=6.0, wall_s=60.0, memory_bytes=1024**3)
_MOST_BYTES = 1 << 30


def livecodebench_problem(record: Mapping[str, Any]) -> Problem:
    """The problem of one record.

    Args:
        record: ``question_id``, ``question_content``, ``public_test_cases``, ``private_test_cases``, ``metadata``,
            ``difficulty``, ``platform``, ``starter_code``.

    Raises:
        KeyError, TypeError, ValueError, pickle.UnpicklingError, zlib.error: if it is not such a record.
    """
    name = str(_json(record.get("metadata") or "{}").get("func_name", ""))
    cases = [*_json(record["public_test_cases"]), *_hidden(record["private_test_cases"])]
    return Problem(
        id=f"livecodebench/{record['question_id']}",
        entry_point=name,
        statement=record["question_content"].strip(),
        starter=_starter(record.get("starter_code", ""), name),
        tests=tuple(_test(case) for case in cases),
        limits=_LIMITS_OF_A_TEST.over(len(cases), are_calls=bool(name)),
        difficulty=record.get("difficulty", ""),
        tags=(record["platform"],) if record.get("platform") else (),
        source="livecodebench",
        prelude="from typing import *\n" if name else "",
    )


class _NoClasses(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"a test case must be text, found {module}.{name}")


def _hidden(packed: Any) -> Any:
    try:
        return _json(packed)
    except ValueError:
        unpack = zlib.decompressobj()
        raw = unpack.decompress(base64.b64decode(packed), _MOST_BYTES)
        return _json(_NoClasses(io.BytesIO(raw)).load())


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, (str, bytes)) else value


def _test(case: Mapping[str, str]) -> HiddenTest:
    if case["testtype"] == "stdin":
        return ProgramTest(stdin=case["input"], stdout=case["output"])
    arguments = [json.loads(line) for line in case["input"].split("\n") if line.strip()]
    return CallTest(args=tuple(arguments), expected=json.loads(case["output"]))


def _starter(code: str, name: str) -> str:
    """The method's line, as a function's: without ``self``."""
    for line in code.splitlines():
        if line.strip().startswith(f"def {name}("):
            return starter_of(line.strip().replace("(self, ", "(", 1) + "\n    pass\n", name)
    return ""
