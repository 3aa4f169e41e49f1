"""The tree of errors. A refusal is an answer and stands elsewhere; these are what goes wrong.

WardpathError
├── CommandReused        the id was used with another body
├── Conflict             the stream moved on under a writer
├── UnknownBundle        a case's pinned bundle cannot be decided by this engine
├── StoreRefused         a store cannot be opened, or not for this use
│   ├── CommitUnknown    an error came while a transaction was being put on disk: whether it is there is not known
│   └── StoreReadOnly    a store takes no writes any more, since its disk failed
└── RecordDamaged        stored bytes do not match their hash or decode to no event

What `scheduler` and `ward` add to it stands in their own modules; docs/reference/errors.md draws the whole tree.
"""


class WardpathError(Exception):
    """`code` is stable; the message says what happened, what was expected, how to mend it."""

    code = "wardpath"

    def __init__(self, happened: str, expected: str, mend: str) -> None:
        super().__init__(f"{happened}; expected {expected}; {mend}")
        self.happened, self.expected, self.mend = happened, expected, mend


class CommandReused(WardpathError):
    """The command id was used before with another body."""

    code = "command_reused"


class Conflict(WardpathError):
    """The stream does not end where the writer thought."""

    code = "conflict"


class UnknownBundle(WardpathError):
    """No definition in this engine has the bundle that a case keeps."""

    code = "unknown_bundle"


class StoreRefused(WardpathError):
    """A store cannot be opened, or not for this use."""

    code = "store_refused"


class CommitUnknown(StoreRefused):
    """An error came while a transaction was being put on disk: whether it is kept is known when the store is opened."""

    code = "commit_unknown"


class StoreReadOnly(StoreRefused):
    """A store takes no writes any more, since its disk failed while one was being put on it. It can be read."""

    code = "store_read_only"


class RecordDamaged(WardpathError):
    """Stored bytes do not match their hash, or decode to no event."""

    code = "record_damaged"
