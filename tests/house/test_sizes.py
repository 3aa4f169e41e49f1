"""A module is one noun or one verb, and short enough to be read at once."""

from tests.house.sizes import FUNCTION_LIMIT, MODULE_LIMIT, function_sizes, module_sizes
from tests.house.tree import PACKAGES, ROOT, modules

NAMES_THAT_SAY_NOTHING = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}


def test_no_module_is_longer_than_the_limit():
    assert [size for size in module_sizes() if size.lines > MODULE_LIMIT] == []


def test_no_function_is_longer_than_the_limit():
    assert [size for size in function_sizes() if size.lines > FUNCTION_LIMIT] == []


def test_every_module_is_named_for_what_it_is():
    named = [
        str(path.relative_to(ROOT))
        for path in modules(*PACKAGES, "tests", "bench")
        if NAMES_THAT_SAY_NOTHING.intersection(part.removesuffix(".py") for part in path.relative_to(ROOT).parts)
    ]
    assert named == []
