"""`pathway` is a function of its arguments: no clock, no chance, no environment, no files, no log, no float."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import imports, modules, place, tree

IMPURE_MODULES = {
    "asyncio",
    "concurrent",
    "getpass",
    "io",
    "locale",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "platform",
    "queue",
    "random",
    "secrets",
    "shutil",
    "signal",
    "socket",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "urllib",
    "warnings",
}
IMPURE_CALLS = {"open", "print", "input", "breakpoint", "exec", "eval"}
# Attributes that read the clock, chance or the machine whatever they are called on.
IMPURE_ATTRIBUTES = {"now", "utcnow", "today", "uuid1", "uuid4", "getenv", "environ", "write_text", "write_bytes"}
READING_ATTRIBUTES = {"read_text", "read_bytes", "open"}


def test_pathway_imports_no_clock_chance_environment_file_or_log():
    found = [
        f"{place(path, line)} imports {module}"
        for path in modules("pathway")
        for module, line in imports(path)
        if module.split(".")[0] in IMPURE_MODULES
    ]
    assert found == []


def test_pathway_calls_no_clock_chance_environment_file_or_log():
    assert [fault for path in modules("pathway") for fault in impurities(path, tree(path))] == []


def test_pathway_holds_no_floating_point_number():
    assert [fault for path in modules("pathway") for fault in floats(path, tree(path))] == []


@pytest.mark.parametrize(
    "source",
    [
        "x = datetime.now(UTC)",
        "x = date.today()",
        "x = moment.astimezone()",
        "x = open('a')",
        "x = uuid4()",
        "x = uuid.uuid4()",
        "print(1)",
        "x = folder.read_text()",
    ],
)
def test_an_impure_line_is_recognised(source: str):
    assert list(impurities(Path(__file__), ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    ["x = 0.5", "x: float", "x: float | None", "def f(x: list[float]): ...", "def f() -> float: ...", "x = float(1)"],
)
def test_a_floating_point_number_is_recognised(source: str):
    assert list(floats(Path(__file__), ast.parse(source)))


def test_refusing_a_floating_point_number_is_not_using_one():
    assert list(floats(Path(__file__), ast.parse("if isinstance(x, float): raise TypeError"))) == []


def impurities(path: Path, module: ast.Module) -> Iterator[str]:
    reads_package_data = any(
        isinstance(node, ast.ImportFrom) and node.module in {"importlib", "importlib.resources"}
        for node in ast.walk(module)
    )
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Name(id=called)) if called in IMPURE_CALLS | IMPURE_ATTRIBUTES:
                yield f"{place(path, node.lineno)} calls {called}"
            case ast.Call(func=ast.Attribute(attr="astimezone"), args=[], keywords=[]):
                yield f"{place(path, node.lineno)} asks the machine for its time zone"
            case ast.Attribute(attr=attribute) if attribute in IMPURE_ATTRIBUTES and isinstance(node.ctx, ast.Load):
                if not is_own_field(node):
                    yield f"{place(path, node.lineno)} reads {attribute}"
            case ast.Call(func=ast.Attribute(attr=attribute)) if (
                attribute in READING_ATTRIBUTES and not reads_package_data
            ):
                yield f"{place(path, node.lineno)} calls {attribute} and is no reader of package data"


def is_own_field(node: ast.Attribute) -> bool:
    """`context.now` is an argument that was handed in; `datetime.now` is a clock."""
    return node.attr == "now" and not (isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date", "dt"})


def floats(path: Path, module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        match node:
            case ast.Constant(value=float()):
                yield f"{place(path, node.lineno)} holds the number {node.value}; write Decimal or an integer"
            case ast.Call(func=ast.Name(id="float")):
                yield f"{place(path, node.lineno)} converts to float"
            case ast.AnnAssign(annotation=annotation) | ast.arg(annotation=ast.expr() as annotation):
                if mentions_float(annotation):
                    yield f"{place(path, node.lineno)} declares a float"
            case ast.FunctionDef(returns=ast.expr() as returns) if mentions_float(returns):
                yield f"{place(path, node.lineno)} returns a float"


def mentions_float(annotation: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "float" for node in ast.walk(annotation))
