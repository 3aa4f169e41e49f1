"""A patient on one time axis: stages, drugs, products, values, events and reminders, drawn and as a table."""

from ward.web.axis.axis import Axis, axis
from ward.web.axis.window import SPANS, Window, window

__all__ = ["SPANS", "Axis", "Window", "axis", "window"]
