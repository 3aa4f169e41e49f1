"""What the tables are laid out for: every hot one leads with the case, so that it can be divided by it."""

import pytest
from sqlalchemy import Table

from persistence.postgres.roles import NAMES
from persistence.tables import TABLES

#: Tables that are not divided by the case, each with the reason.
NOT_BY_CASE = {
    "store_property": "the store says it of itself: a handful of rows",
    "notice": "claimed, settled and sent by its key, of whichever case; two indexes lead with the case",
    "remembered": "asked by the id of a command before it is known whether its case is the same",
    "attempt": "numbered in the order of the log; an index leads with the case",
    "bundle": "a definition that many cases share: a handful of rows",
    "heartbeat": "of the scheduler: a handful of rows",
    "access_log": "numbered in the order of the log; access_case leads with the case",
    "credential": "of a person",
    "sign_in": "of a person",
    "case_key": "its key is the token of the case whose text is sealed under it, by another name",
}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_key_of_a_table_leads_with_the_case_or_it_is_said_why_not(table: Table):
    first = next(iter(table.primary_key.columns)).name
    assert (first != "case") == (table.name in NOT_BY_CASE)


def test_what_a_command_and_a_look_read_and_write_of_a_case_leads_with_it():
    assert {table.name for table in TABLES} - NOT_BY_CASE.keys() >= {"event", "case_head", "reminder", "access_case"}


def test_no_reason_stands_for_a_table_that_is_gone():
    assert set(NOT_BY_CASE) <= set(NAMES)


@pytest.mark.parametrize("table", [each for each in TABLES if "case" in each.columns], ids=lambda table: table.name)
def test_a_table_that_knows_the_case_finds_it_by_a_key_or_an_index(table: Table):
    leading = [next(iter(index.columns)).name for index in table.indexes]
    assert "case" in {next(iter(table.primary_key.columns)).name, *leading}
