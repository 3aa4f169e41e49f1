"""How long modules and functions are, counted the same way for the limits and for the report."""

import ast
from typing import NamedTuple

from tests.house.tree import PACKAGES, ROOT, modules, place, tree

MODULE_LOOK, MODULE_LIMIT = 400, 600
FUNCTION_LOOK, FUNCTION_LIMIT = 50, 80


class Size(NamedTuple):
    """Lines of one module or function, and where it stands."""

    lines: int
    where: str


def module_sizes() -> list[Size]:
    """Every module of the product, longest first. Lines as an editor counts them."""
    sizes = [
        Size(len(path.read_text(encoding="utf-8").splitlines()), str(path.relative_to(ROOT)))
        for path in modules(*PACKAGES)
    ]
    return sorted(sizes, reverse=True)


def function_sizes() -> list[Size]:
    """Every function and method of the product, longest first. From `def` to the last line, docstring left out."""
    sizes = [
        Size(function_lines(node), f"{place(path, node.lineno)} {node.name}")
        for path in modules(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return sorted(sizes, reverse=True)


def function_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines
