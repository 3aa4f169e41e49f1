"""Standing: how the definitions of a site stand, and what a withdrawal means for enrolments and for what pages show."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from pathway.case.commands import ENCODER, Answer, Enrol, Refusal
from pathway.case.picture import Flagged, Picture
from pathway.case.rules import Rules
from pathway.clinical.instant import Instant, utc
from pathway.definition.pathway import Pathway
from pathway.engine.sites import Outcome, Sites
from pathway.site.commands import ApproveDefinition, SettleQuarantined, WithdrawDefinition
from pathway.site.decide import approve, settle, withdraw
from pathway.site.events import AnySiteBody
from pathway.site.state import Approved, Definitions, Withdrawn


def of_definition(sites: Sites, command: ApproveDefinition | WithdrawDefinition, pathway: Pathway | None) -> Answer:
    """Carry out a command about a definition; `pathway` is the one of its digest, None where nobody handed it in."""

    def decided(state: Definitions, now: Instant) -> Outcome:
        return spoken(state, command, pathway, now)

    return sites.write(command.case, command, ENCODER.encode(command), decided)


def rehearsed(
    sites: Sites, command: ApproveDefinition | WithdrawDefinition | SettleQuarantined, pathway: Pathway | None
) -> Answer:
    """What would be said of a command about a definition or a quarantined report. Writes nothing."""
    if isinstance(command, SettleQuarantined):
        found: AnySiteBody | Refusal | None = settle(sites.quarantine(), command)
    else:
        found = spoken(sites.definitions(), command, pathway, sites.clock.now()).found
    refusal = found if isinstance(found, Refusal) else None
    return Answer(command.id, command.case, "accepted" if refusal is None else "refused", (), refusal)


def spoken(
    state: Definitions, command: ApproveDefinition | WithdrawDefinition, pathway: Pathway | None, now: Instant
) -> Outcome:
    """What comes of a command about a definition; the text of an approved one is kept from then on."""
    if isinstance(command, WithdrawDefinition):
        return Outcome(withdraw(command, pathway, now))
    found = approve(state, command, pathway)
    return Outcome(found, kept=None if pathway is None else (pathway.digest, pathway.bundle))


def not_enrolled(state: Definitions, command: Enrol, chosen: Pathway, known: Iterable[Pathway]) -> Refusal | None:
    """Why nobody is enrolled on a definition that was withdrawn, with the newest one that may be used instead."""
    withdrawn = state.withdrawn.get(chosen.digest)
    if withdrawn is None:
        return None
    usable = [each.form.version for each in known if each.name == chosen.name and each.digest not in state.withdrawn]
    mend = f"enrol on version {max(usable)} (`version`)" if usable else "no other version is here: get a mended one"
    return Refusal(
        "withdrawn",
        f"version {chosen.form.version} of {command.pathway} was withdrawn for safety",
        (withdrawn.body.reason,),
        mend,
    )


def gone_by(state: Definitions, digest: str, rules: Rules | None) -> Rules | Refusal | None:
    """The rules that a case is to go on by, or that they were withdrawn for safety."""
    withdrawn = state.withdrawn.get(digest)
    if withdrawn is None:
        return rules
    happened = f"version {withdrawn.body.version} was withdrawn for safety"
    return Refusal("withdrawn", happened, (withdrawn.body.reason,), "bring the case to one that may be used")


def with_withdrawal(picture: Picture, withdrawn: Withdrawn | None) -> Picture:
    """A picture under a withdrawn definition: it says so first, and proposes nothing. Its reminders ring on."""
    if withdrawn is None:
        return picture
    flag = Flagged("withdrawn", withdrawn.body.digest, words(withdrawn, picture), withdrawn.at, open=not picture.closed)
    return replace(picture, proposals=(), flagged=(flag, *picture.flagged))


def with_approval(picture: Picture, approved: Approved | None) -> Picture:
    """A picture under a definition that two people let be used here says who; else it says what the file says."""
    if approved is None:
        return picture
    return replace(picture, status=f"approved here by {approved.by.actor} and {approved.body.second}")


def words(withdrawn: Withdrawn, picture: Picture) -> str:
    """What a board says of it, with the time at the site."""
    by = utc(withdrawn.body.migrate_by).astimezone(ZoneInfo(picture.zone)).strftime("%d-%b-%Y %H:%M")
    late = ", OVERDUE" if not picture.closed and picture.at >= withdrawn.body.migrate_by else ""
    return f"definition withdrawn for safety: {withdrawn.body.reason}; move to another by {by}{late}"
