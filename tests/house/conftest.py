"""Sizes are shown at the end of a run of these tests: the three longest, and everything that deserves a second look."""

import pytest

from tests.house.sizes import FUNCTION_LOOK, MODULE_LOOK, Size, function_sizes, module_sizes

SHOWN = 3


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("sizes")
    for what, sizes, look in (
        ("module", module_sizes(), MODULE_LOOK),
        ("function", function_sizes(), FUNCTION_LOOK),
    ):
        for size in longest(sizes, look):
            remark = f"  above {look}: why?" if size.lines > look else ""
            terminalreporter.write_line(f"{what:8} {size.lines:5} lines  {size.where}{remark}")


def longest(sizes: list[Size], look: int) -> list[Size]:
    return sizes[: max(SHOWN, sum(size.lines > look for size in sizes))]
