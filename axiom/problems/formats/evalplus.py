"""EvalPlus (Liu et al. 2023, arXiv 2305.01210; Apache-2.0): HumanEval+ and MBPP+ in the released JSONL.

A record brings inputs and a canonical solution, no results: the results are what the canonical solution returns, run in
a sandbox as any program is. JSON has no tuples and no sets, so inputs take the shapes of the arguments that stand in
the prompt's own assertion (MBPP+); HumanEval+ has lists only. An input whose result cannot be told is left out:
where the canonical solution fails on it, or returns what is not plain data. Results are compared as EvalPlus compares
them, by a checker where ``==`` is not its rule (:mod:`axiom.problems.formats.evalplus_oracles`).
"""

import ast
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from axiom.problems.formats.evalplus_oracles import checker_of, observable
from axiom.problems.formats.starters import starter_of
from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Limits, Problem
from axiom.sandbox.protocol import Call, Loaded, Returned, Sandbox, Stopped
from axiom.sandbox.values import decode, encode

_LIMITS = Limits(cpu_s=10.0, wall_s=100.0, memory_bytes=1024**3)
_REFERENCE_LIMITS = Limits(cpu_s=60.0, wall_s=600.0, memory_bytes=4 * 1024**3)


def evalplus_problem(record: Mapping[str, Any], *, sandbox: Sandbox) -> Problem:
    """The problem of one record; its canonical solution is run.

    Args:
        record: ``task_id``, ``prompt``, ``entry_point``, ``canonical_solution``, ``base_input``, ``plus_input``,
            ``atol``.
        sandbox: where the canonical solution runs.

    Raises:
        KeyError, SyntaxError, TypeError, ValueError: if it is not such a record, or has no test left.
    """
    name, prompt = record["entry_point"], record["prompt"]
    dataset, _, number = record["task_id"].partition("/")
    dataset, told = dataset.lower(), ast.parse(prompt)
    reference = observable(prompt + record["canonical_solution"], dataset, name)
    shapes = _shapes(prompt, name)
    inputs = [*record["base_input"], *(record.get("plus_input") or [])]
    cast = [tuple(_shaped(value, like) for value, like in _paired(args, shapes)) for args in inputs]
    tests = _observed(reference, name, cast, sandbox=sandbox)
    if not tests:
        raise ValueError("the canonical solution gives no result that could be a test")
    return Problem(
        id=f"{dataset}_plus/{number}",
        entry_point=name,
        statement=_statement(told, name) or prompt.strip(),
        starter=starter_of(reference, name),
        prelude=_prelude(told, name),
        tests=tests,
        limits=_LIMITS,
        source="evalplus",
        reference=reference,
        checker=checker_of(
            dataset, name, atol=float(record.get("atol") or 0), results=[test.expected for test in tests]
        ),
    )


def _statement(tree: ast.Module, name: str) -> str:
    """The function's docstring, or the module's."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    told = [ast.get_docstring(function) for function in functions] + [ast.get_docstring(tree)]
    return next((inspect.cleandoc(text) for text in told if text), "")


def _prelude(tree: ast.Module, name: str) -> str:
    """What stands before the function: imports and helpers."""
    before = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            break
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            before.append(node)
    return "\n".join(map(ast.unparse, before))


def _shapes(prompt: str, name: str) -> Sequence[Any]:
    """The literal arguments of the first call of the function in the prompt's assertions; empty where there is none."""
    for line in prompt.splitlines():
        try:
            nodes = list(ast.walk(ast.parse(line.strip()))) if line.strip().startswith("assert") else []
            for node in nodes:
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                    return [ast.literal_eval(argument) for argument in node.args]
        except (SyntaxError, ValueError):
            continue
    return ()


def _paired(args: Sequence[Any], shapes: Sequence[Any]) -> list[tuple[Any, Any]]:
    return [(value, shapes[index] if index < len(shapes) else value) for index, value in enumerate(args)]


def _shaped(value: Any, like: Any) -> Any:
    """A list of JSON's as a tuple or a set where the example is one; a container's first item speaks for all."""
    if isinstance(value, dict) and isinstance(like, dict) and like:
        first = next(iter(like.values()))
        return {key: _shaped(item, first) for key, item in value.items()}
    if not isinstance(value, list) or not isinstance(like, (list, tuple, set)):
        return value
    items = list(like)
    alike = len(items) == len(value) and isinstance(like, tuple)
    shaped = [_shaped(v, items[i] if alike else items[0]) if items else v for i, v in enumerate(value)]
    return type(like)(shaped)


def _observed(
    reference: str, name: str, inputs: Sequence[tuple[Any, ...]], *, sandbox: Sandbox
) -> tuple[CallTest, ...]:
    """One test for each input on which the reference returns plain data."""
    session = sandbox.start(reference, entry_point=name, limits=_REFERENCE_LIMITS)
    tests = []
    try:
        loaded = session.load()
        if not isinstance(loaded, Loaded):
            raise ValueError(f"the canonical solution does not load: {loaded.message}")
        for args, reply in zip(inputs, session.calls([Call(args) for args in inputs]), strict=False):
            if isinstance(reply, Returned):
                tests.append(CallTest(args=args, expected=decode(encode(reply.value))))
            if isinstance(reply, Stopped):
                break
    finally:
        session.close()
    return tuple(tests)
