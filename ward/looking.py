"""Looking into the access log: who looked at a patient, what a person looked at, what was denied, which glass broke."""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from pathway.clinical.instant import Instant
from pathway.engine.ports import ACCESSES_AT_ONCE, Access, Looked, Store
from pathway.site.accounts.state import Accounts, Glass
from ward.spreadsheet import Cell, When

#: Entries that are read for one page at most; where more would be needed, the page says how far it came.
READ_AT_MOST = 20_000
#: The log is searched by time as if it were in its order: a clock that was set back by less than this loses nothing.
SET_BACK_US = 3600 * 1_000_000
COLUMNS = ("look", "at", "account", "role", "came_through", "proven_by", "what", "outcome", "reason", "cases")


class Wanted(msgspec.Struct, frozen=True):
    """What is asked of the access log; what is empty is not asked for. `until`: the first instant that is left out."""

    case: str = ""
    account: str = ""
    outcome: Looked | None = None
    since: Instant | None = None
    until: Instant | None = None

    def holds(self, each: Access) -> bool:
        """Whether an entry of this patient and person is asked for."""
        early = self.since is not None and each.at < self.since
        late = self.until is not None and each.at >= self.until
        return not early and not late and self.outcome in {None, each.outcome}


class Found(msgspec.Struct, frozen=True):
    """A page of looks, oldest first. `after`: the number behind which the search goes on, None at its end."""

    looks: tuple[Access, ...]
    after: int | None


def found(store: Store, wanted: Wanted, after: int, limit: int) -> Found:
    """A page of the access log behind a number. Of a look at many, asked of one case, the others are left out."""
    looks: list[Access] = []
    last, read = max(after, begin(store, wanted)), 0
    while page := store.accesses(case=wanted.case, actor=wanted.account, after=last):
        for each in page:
            if ended(wanted, each):
                return Found(tuple(looks), None)
            if len(looks) == limit or read == READ_AT_MOST:
                return Found(tuple(looks), last)
            read, last = read + 1, each.number
            if wanted.holds(each):
                looks.append(replace(each, cases=(wanted.case,)) if wanted.case else each)
        if len(page) < ACCESSES_AT_ONCE:
            break
    return Found(tuple(looks), None)


def every(store: Store, wanted: Wanted) -> Iterator[Access]:
    """All that is asked for, page by page."""
    after: int | None = 0
    while after is not None:
        page = found(store, wanted, after, ACCESSES_AT_ONCE)
        yield from page.looks
        after = page.after


def ended(wanted: Wanted, each: Access) -> bool:
    """Whether nothing that is asked for comes any more."""
    return wanted.until is not None and each.at >= wanted.until + SET_BACK_US


def begin(store: Store, wanted: Wanted) -> int:
    """The number behind which a search by time begins: found by halving, so that a year of looks is not read."""
    if wanted.since is None:
        return 0
    early = Instant(wanted.since - SET_BACK_US)
    low, high = 0, 1
    while before(store, wanted, high, early):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if before(store, wanted, middle, early) else (low, middle)
    return low


def before(store: Store, wanted: Wanted, number: int, at: Instant) -> bool:
    """Whether the next look behind a number is earlier than an instant."""
    page = store.accesses(case=wanted.case, actor=wanted.account, after=number, limit=1)
    return bool(page) and page[0].at < at


def glasses(state: Accounts, wanted: Wanted) -> tuple[Glass, ...]:
    """The broken glass that is asked for, newest first; none where another outcome is."""
    if wanted.outcome not in {None, "break_glass"}:
        return ()
    return tuple(
        each
        for each in sorted(state.glass.values(), key=lambda each: -each.body.number)
        if wanted.case in {"", each.body.patient_case}
        and wanted.account in {"", each.body.account}
        and (wanted.since is None or each.at >= wanted.since)
        and (wanted.until is None or each.at < wanted.until)
    )


def row(each: Access) -> tuple[Cell, ...]:
    """An entry as a row of a spreadsheet."""
    by = each.by
    said = (by.actor, by.role, by.source, by.authenticated, each.what, each.outcome, each.reason)
    return each.number, When(each.at), *said, " ".join(each.cases)
