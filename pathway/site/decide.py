"""Decide: from the state of a site stream and a command to events, or why not. Pure, like the deciding of a case."""

from pathway.case.commands import Refusal
from pathway.case.decide import READABLE
from pathway.case.events import Seal, in_the_clear
from pathway.case.grounds import signed_by_two
from pathway.clinical.instant import Instant, span
from pathway.definition.pathway import Pathway
from pathway.site.commands import ApproveDefinition, SettleQuarantined, SiteCommand, WithdrawDefinition
from pathway.site.events import DefinitionApproved, DefinitionWithdrawn, QuarantineSettled
from pathway.site.state import Definitions, Quarantine


def approve(state: Definitions, command: ApproveDefinition, pathway: Pathway | None) -> DefinitionApproved | Refusal:
    """Approve a definition that this engine knows. `pathway`: the one of that digest, None where there is none."""
    if pathway is None:
        return unknown()
    if refused := not_signed(command, pathway):
        return refused
    if command.digest in state.withdrawn:
        return Refusal("withdrawn", "this definition was withdrawn for safety", (), "approve a mended version")
    if command.digest in state.approved:
        return Refusal("approved", "this definition is approved already", (), "nothing is left to do")
    return DefinitionApproved(command.digest, pathway.name, pathway.form.version, command.second)


def withdraw(command: WithdrawDefinition, pathway: Pathway | None, now: Instant) -> DefinitionWithdrawn | Refusal:
    """Withdraw a definition for safety. Withdrawn again, the later reason and time count."""
    if pathway is None:
        return unknown()
    if refused := not_signed(command, pathway):
        return refused
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "say what is not safe: boards show it")
    migrate_by = until(command, now)
    if isinstance(migrate_by, Refusal):
        return migrate_by
    return DefinitionWithdrawn(
        command.digest, pathway.name, pathway.form.version, command.reason.strip(), migrate_by, command.second
    )


def until(command: WithdrawDefinition, now: Instant) -> Instant | Refusal:
    """By when the open cases go on under another definition."""
    expected = "give migrate_by, a time to come, or migrate_within, such as `72 h`"
    if (command.migrate_by is None) == (not command.migrate_within):
        return Refusal("migrate_by", "it must be said once by when open cases move to another definition", (), expected)
    try:
        found = command.migrate_by if command.migrate_by is not None else Instant(now + span(command.migrate_within))
    except ValueError:
        return Refusal("migrate_by", "the span cannot be read", (), expected)
    if found > READABLE[1]:
        return Refusal("migrate_by", "that is no time that a page can show", (), expected)
    return found if found > now else Refusal("migrate_by", "that time is over", (), expected)


def settle(state: Quarantine, command: SettleQuarantined, seal: Seal | None = None) -> QuarantineSettled | Refusal:
    """Settle a quarantined report. Recording it in its case comes first, and is the engine's.

    `seal` puts the reason under the key of the report.
    """
    held = state.held.get(command.number)
    if held is None:
        return Refusal("no_such_report", "no report was quarantined under this number", (), "see `wardpath quarantine`")
    if held.settled:
        return Refusal("settled", f"this report was {held.settled} before", (), "nothing is left to do")
    if not command.by.role:
        return Refusal("role", "a report is settled by somebody with a role", (), "say under which role")
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "say by what it was matched, or why it is nobody's")
    if (command.how == "matched") != bool(command.to):
        return Refusal("to", "a matched report has one case, a rejected one none", (), "give `to` with matched alone")
    seal = seal or in_the_clear(sealed_under(command.number))
    return QuarantineSettled(command.number, command.how, seal(command.reason), command.to)


def sealed_under(number: int) -> str:
    """The key of what a quarantined report says, and of what was said about it."""
    return f"site:quarantine/{number}"


def unknown() -> Refusal:
    """The refusal of a bundle that nobody handed in."""
    return Refusal("unknown_bundle", "this engine does not know that bundle", (), "give it the definition first")


def signing_roles(pathway: Pathway) -> tuple[str, ...]:
    """Who signs for a definition: those who amend its cases, else each of its roles."""
    form = pathway.form
    return tuple(form.amend.by if form.amend else form.roles)


def not_signed(command: SiteCommand, pathway: Pathway) -> Refusal | None:
    """Who may speak of a definition says the definition: those who amend its cases, else each of its roles."""
    by = signing_roles(pathway)
    if command.by.role not in by:
        return Refusal("role", f"the role {command.by.role or 'none'} may not do this", (), f"ask: {', '.join(by)}")
    if not signed_by_two(command.by.actor, command.second):
        return Refusal("second", "a second person must sign", (), "name them")
    return None
