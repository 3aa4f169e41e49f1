"""A pathway with its state machines: what a case is decided by."""

import msgspec

from pathway.case.machine import Regional, machines
from pathway.definition.pathway import Pathway


class Rules(msgspec.Struct, frozen=True):
    """A loaded pathway and one machine per region."""

    pathway: Pathway
    machines: dict[str, Regional]


def rules_of(pathway: Pathway) -> Rules:
    """The rules of a pathway; built once and shared by all its cases."""
    return Rules(pathway, machines(pathway))
