"""Event logs for process mining, in the form of IEEE 1849 (XES): one trace a case, one event an event of the record."""

from ward.xes.log import Log, as_xes

__all__ = ["Log", "as_xes"]
