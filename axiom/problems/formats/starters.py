"""The line that an answer starts with, out of the code that a record brings."""

import ast


def starter_of(code: str, name: str) -> str:
    """The first line of a function of the code; empty where it is no plain ``def`` with a body below."""
    for node in ast.parse(code).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
            return f"def {name}({ast.unparse(node.args)}){returns}:"
    return ""
