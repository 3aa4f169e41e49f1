"""What goes wrong where people and files meet the product, as leaves of the tree in pathway/engine/errors.py.

WardpathError
├── NotUnderstood        what was asked cannot be read: an option, a time, a file of commands, a map
├── NotFound             what was asked for is not there: a case, a reminder, a file
├── NotHere              it may not be done with this store, or not while another process does it
└── PluginRefused        a plug-in cannot be imported, is no plug-in, or takes a name that is taken
"""

from pathway.engine.errors import StoreRefused, WardpathError


class NotUnderstood(WardpathError):
    """What was asked cannot be read."""

    code = "not_understood"


class NotFound(WardpathError):
    """What was asked for is not there."""

    code = "not_found"


class NotHere(StoreRefused):
    """It may not be done with this store, or not while another process does it."""

    code = "not_here"


class PluginRefused(WardpathError):
    """A plug-in cannot be imported, is none, or takes a name that is taken. The message names it and its package."""

    code = "plugin_refused"
