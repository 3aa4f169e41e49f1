"""Decide about what is kept: what comes of a command, or why not. Pure; what lies in the store is handed in.

Erasing needs a closed case, no hold, a ground, and two persons of two offices: who administers, and who audits.
"""

from collections.abc import Collection

import msgspec

from pathway.case.commands import Refusal
from pathway.case.events import Seal
from pathway.case.grounds import signed_by_two
from pathway.clinical.instant import Instant
from pathway.site.accounts.grant import ADMINISTRATOR, AUDITOR
from pathway.site.command import SiteCommand
from pathway.site.retention.commands import EraseCase, EraseReport, HoldCase, ReleaseHold, SetRetention
from pathway.site.retention.events import CaseHeld, Ended, HoldReleased, RetentionSet, Tombstone
from pathway.site.retention.kinds import CASE, YEARS_LIMIT, kinds
from pathway.site.retention.state import Retention, day

#: Of a law or an order that is named: a line, and no patient's name.
LAW_LIMIT = 200
#: The two offices that sign an erasure, one each.
OFFICES = frozenset({ADMINISTRATOR, AUDITOR})


class Target(msgspec.Struct, frozen=True):
    """What an erasure would end, as the store has it now. `streams`: the case and those merged into it.

    `last`: the last entry of any of them. `keys`: those that are there and were not destroyed. `open`: it is in use.
    `merged_into`: the case that goes on for it. `clear`: it lies in the clear, under no key.
    """

    of: str
    kind: str
    streams: tuple[Ended, ...]
    last: Instant
    keys: tuple[str, ...]
    open: bool = False
    merged_into: str = ""
    clear: bool = False


def ruled(command: SetRetention) -> RetentionSet | Refusal:
    """Say how long a kind is kept."""
    kind = kinds().get(command.kind)
    if kind is None:
        return Refusal("kind", "there is no such kind", (), f"one of {', '.join(kinds())}")
    if kind.ends == "stays":
        return Refusal("stays", f"{kind.title} is never taken away", (kind.stays_because,), "nothing is left to do")
    if command.keep_years < kind.floor_years:
        mend = f"keep it for {kind.floor_years} years at least"
        return Refusal("floor", "that is shorter than it must be kept", (kind.floor_source,), mend)
    if command.keep_years > YEARS_LIMIT:
        return Refusal("years", f"that is more than {YEARS_LIMIT} years", (), "say fewer")
    if refused := unsigned(command) or no_law(command.law) or no_reason(command):
        return refused
    return RetentionSet(kind.name, command.keep_years, command.law.strip(), command.reason.strip(), command.second)


def held(state: Retention, command: HoldCase, target: Target | None, seal: Seal) -> CaseHeld | Refusal:
    """Put a case under a hold, open or closed."""
    if target is None:
        return no_case()
    if command.patient_case in state.erased:
        return Refusal("erased", "the case was erased: nothing is left to hold", (), "see `wardpath retention list`")
    if command.patient_case in state.holds:
        return Refusal("held", "the case is under a hold already", (), "nothing is left to do")
    if refused := no_reason(command):
        return refused
    return CaseHeld(command.patient_case, seal(command.reason.strip()))


def released(state: Retention, command: ReleaseHold, seal: Seal) -> HoldReleased | Refusal:
    """Release a case from its hold."""
    if command.patient_case not in state.holds:
        return Refusal("not_held", "the case is under no hold", (), "see `wardpath retention list`")
    if refused := unsigned(command) or no_reason(command):
        return refused
    return HoldReleased(command.patient_case, seal(command.reason.strip()), command.second)


def erased(
    state: Retention,
    command: EraseCase | EraseReport,
    target: Target | None,
    now: Instant,
    offices: Collection[str],
    origin: str,
) -> Tombstone | Refusal:
    """The tombstone of what is to be erased, or why it is not. `offices`: the roles of the second signer everywhere."""
    if target is None:
        return no_case() if isinstance(command, EraseCase) else no_report()
    if refused := kept(state, target) or grounded(state, command, target, now):
        return refused
    if refused := unsigned(command) or no_reason(command) or one_office(command, offices):
        return refused
    return Tombstone(
        of=target.of,
        kind=target.kind,
        holds=kinds()[target.kind].holds,
        keys=target.keys,
        streams=target.streams,
        ground=command.ground,
        law=command.law.strip(),
        by=command.by.actor,
        second=command.second,
        at=now,
        origin=origin,
    )


def kept(state: Retention, target: Target) -> Refusal | None:
    """Why something must stay whatever the ground is."""
    if target.of in state.erased:
        return Refusal("erased", f"it was {state.erased[target.of].words}", (), "nothing is left to do")
    if target.merged_into:
        mend = f"erase {target.merged_into}: this one goes with it"
        return Refusal("merged", "the case was merged into another, which has its facts", (), mend)
    if under := [each.case for each in target.streams if each.case in state.holds]:
        mend = "release the hold first, by two, once whoever asked for it agrees"
        return Refusal("held", f"a legal hold stands on {', '.join(under)}", (), mend)
    if target.open:
        what = "the case is open" if target.kind == CASE else "nobody has said that the report is nobody's"
        return Refusal("open", what, (), "what is in use is not erased: close or settle it first")
    if target.clear:
        return Refusal("clear", "it lies in the clear, under no key", (), "seal the store first: wardpath upgrade")
    if not target.keys:
        return Refusal("no_key", "there is no key of it that could be destroyed", (), "see `wardpath doctor`")
    return None


def grounded(state: Retention, command: EraseCase | EraseReport, target: Target, now: Instant) -> Refusal | None:
    """Why the ground that is given is none."""
    if command.ground == "erasure order":
        return no_law(command.law)
    until = state.until(target.kind, target.last)
    if now >= until:
        return None
    mend = "wait, or name the law or the order that demands it before (`ground`: erasure order, and `law`)"
    return Refusal("retention", f"it is kept until {day(until)}", (), mend)


def one_office(command: SiteCommand, offices: Collection[str]) -> Refusal | None:
    """That both signers are of one office, or of none that signs."""
    beside = OFFICES - {command.by.role}
    if command.by.role in OFFICES and beside & set(offices):
        return None
    mend = f"an {ADMINISTRATOR} and an {AUDITOR} of every ward sign, one each"
    return Refusal("offices", "two persons of two offices sign an erasure", (), mend)


def unsigned(command: SiteCommand) -> Refusal | None:
    """That nobody signed beside the one who speaks."""
    if signed_by_two(command.by.actor, command.second):
        return None
    return Refusal("second", "a second person must sign", (), "name them")


def no_reason(command: SiteCommand) -> Refusal | None:
    """That no reason was given."""
    return None if command.reason.strip() else Refusal("reason_needed", "no reason was given", (), "say why")


def no_law(law: str) -> Refusal | None:
    """That no law or order was named, or a longer one than a line."""
    if 0 < len(law.strip()) <= LAW_LIMIT:
        return None
    mend = f"name it in up to {LAW_LIMIT} characters, without anybody's name"
    return Refusal("law", "no law or order is named", (), mend)


def no_case() -> Refusal:
    """The refusal of a case that there is not."""
    return Refusal("no_such_case", "there is no such case", (), "check the case")


def no_report() -> Refusal:
    """The refusal of a report that there is not."""
    return Refusal("no_such_report", "no report was quarantined under this number", (), "see `wardpath quarantine`")
