"""The engine of Wardpath: one case at a time, through ports."""

from pathway.engine.engine import Engine

__all__ = ["Engine"]
