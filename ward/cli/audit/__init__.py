"""The record on the command line: `wardpath audit ...`, for whoever inspects it."""

from ward.cli.audit import figures, looks, pack, proof, replay, xes
from ward.cli.audit.group import audit

__all__ = ["audit", "figures", "looks", "pack", "proof", "replay", "xes"]
