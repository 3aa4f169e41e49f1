"""What goes wrong where people and files meet the product, as leaves of the tree in pathway/engine/errors.py.

WardpathError
├── NotUnderstood        what was asked cannot be read: an option, a time, a file of commands, a map
├── NotFound             what was asked for is not there: a case, a reminder, a file
├── Denied               an account may not do this here: the policy does not let it, or nobody has signed in
│   └── SignInRefused    nobody signs in by this name and password, or not yet
├── NotHere              it may not be done with this store, or not while another process does it
└── PluginRefused        a plug-in cannot be imported, is no plug-in, or takes a name that is taken
"""

from pathway.case.commands import Refusal
from pathway.engine.errors import StoreRefused, WardpathError


class NotUnderstood(WardpathError):
    """What was asked cannot be read."""

    code = "not_understood"


class NotFound(WardpathError):
    """What was asked for is not there."""

    code = "not_found"


class Denied(WardpathError):
    """An account may not do this here. The message names account, act, role and ward, and nothing of a patient."""

    code = "denied"

    def refusal(self) -> Refusal:
        """The denial as the answer to a command."""
        return Refusal(self.code, self.happened, (f"expected {self.expected}",), self.mend)


class SignInRefused(Denied):
    """Nobody signs in by this name and password, or not yet; `wait_s`: for how long, 0 to try again at once."""

    code = "sign_in_refused"

    def __init__(self, happened: str, expected: str, mend: str, wait_s: int = 0) -> None:
        super().__init__(happened, expected, mend)
        self.wait_s = wait_s


class NotHere(StoreRefused):
    """It may not be done with this store, or not while another process does it."""

    code = "not_here"


class PluginRefused(WardpathError):
    """A plug-in cannot be imported, is none, or takes a name that is taken. The message names it and its package."""

    code = "plugin_refused"
