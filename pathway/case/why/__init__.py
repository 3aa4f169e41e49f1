"""Why, and why not: the reasons of a case as a tree of values and as one sentence."""

from pathway.case.why.ask import Inquiry, NameUnknown
from pathway.case.why.tree import GUARDS, TELLING, Leaf, Threshold, Why, brief, deciding, nodes, positions

__all__ = [
    "GUARDS",
    "TELLING",
    "Inquiry",
    "Leaf",
    "NameUnknown",
    "Threshold",
    "Why",
    "brief",
    "deciding",
    "nodes",
    "positions",
]
