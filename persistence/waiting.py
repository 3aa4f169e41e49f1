"""A notice in the outbox of the memory store: claimed, settled and withdrawn as the rows of table `notice` are."""

from pathway.clinical.instant import Instant
from pathway.engine.ports import Lease, Notice
from persistence.rows import Key, first_state, still_pending


class Waiting:
    """A notice and its life in the outbox: what the columns of table `notice` say."""

    __slots__ = ("attempts", "fence", "lease_until", "not_before", "notice", "pending", "state")

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        self.pending: tuple[Key, ...] = notice.reminders
        self.state = first_state(notice)
        self.fence = self.attempts = 0
        self.lease_until: Instant | None = None
        self.not_before: Instant | None = None

    def unsent(self) -> bool:
        """Whether it may still be withdrawn."""
        return self.state in {"waiting", "sending"}

    def claimable(self, now: Instant, held: tuple[str, ...] = ()) -> bool:
        """Whether it waits and is not put off, or its lease ended; where its ward is held, only if it is critical."""
        if self.notice.severity > 0 and self.notice.ward in held:
            return False
        if self.state == "waiting":
            return self.not_before is None or self.not_before <= now
        return self.state == "sending" and self.lease_until is not None and self.lease_until <= now

    def claim(self, until: Instant) -> Lease:
        """Lease it under the next fence."""
        self.state, self.lease_until = "sending", until
        self.fence, self.attempts = self.fence + 1, self.attempts + 1
        return Lease(self.notice, self.fence, until, self.attempts)

    def settle(self, fence: int, state: str, not_before: Instant | None) -> bool:
        """Record the outcome where the fence matches and was not settled; what was withdrawn changes only to sent."""
        if fence != self.fence or self.lease_until is None:
            return False
        if self.state != "withdrawn" or state == "sent":
            self.state = state
        self.lease_until, self.not_before = None, not_before
        return True

    def withdraw(self, keys: frozenset[Key] | None) -> None:
        """Withdraw it when these were the last reminders it spoke for; None is all of them."""
        left = () if keys is None else still_pending(self.pending, keys)
        if self.unsent() and (keys is None or left != self.pending):
            self.pending = left
            self.state = self.state if left else "withdrawn"
