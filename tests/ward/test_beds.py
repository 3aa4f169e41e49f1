"""Beds of a site: said by an administrator, kept in the store, shown by the board when they are empty."""

import pytest

from ward.beds import BEDS_LIMIT, NAME_LIMIT, beds, set_beds
from ward.errors import NotUnderstood
from ward.wiring import memory_store

BY = {"by": "A. Admin", "role": "administrator"}


def test_a_store_begins_without_beds():
    assert beds(memory_store()) == {}


def test_beds_are_kept_by_ward_in_the_order_they_were_said_in_each_once():
    store = memory_store()
    set_beds(store, "H1", [" 2", "1", "2", "", "3a "], **BY)
    set_beds(store, "H0", ["1"], **BY)
    assert beds(store) == {"H0": ("1",), "H1": ("2", "1", "3a")}


def test_beds_that_are_said_again_replace_those_before_and_none_takes_the_ward_off():
    store = memory_store()
    set_beds(store, "H1", ["1", "2"], **BY)
    set_beds(store, "H1", ["1"], **BY)
    assert beds(store) == {"H1": ("1",)}
    set_beds(store, "H1", [""], **BY)
    assert beds(store) == {}


@pytest.mark.parametrize(
    "who", [{"by": "A", "role": "nurse"}, {"by": "A", "role": ""}, {"by": " ", "role": "administrator"}]
)
def test_nobody_but_an_administrator_with_a_name_says_beds(who):
    store = memory_store()
    with pytest.raises(NotUnderstood):
        set_beds(store, "H1", ["1"], **who)
    assert beds(store) == {}


@pytest.mark.parametrize(
    "ward, names",
    [(" ", ["1"]), ("H1", ["x" * (NAME_LIMIT + 1)]), ("H1", [str(each) for each in range(BEDS_LIMIT + 1)])],
)
def test_a_slip_is_not_kept(ward, names):
    store = memory_store()
    with pytest.raises(NotUnderstood):
        set_beds(store, ward, names, **BY)
    assert beds(store) == {}
