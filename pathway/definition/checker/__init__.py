"""The checker: every fault of a pathway file at once, with its place, before the file ever meets a patient."""

from pathway.definition.checker.examine import Examined, Site, check, examine
from pathway.definition.checker.overrides import site_of

__all__ = ["Examined", "Site", "check", "examine", "site_of"]
