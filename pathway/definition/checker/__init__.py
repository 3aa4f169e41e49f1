"""The checker: every fault of a pathway file at once, with its place, before the file ever meets a patient."""

from pathway.definition.checker.examine import Examined, check, examine

__all__ = ["Examined", "check", "examine"]
