"""Acting: send a command, take note of a reminder."""

import sys
from typing import Annotated, NamedTuple

import typer

from pathway.case.commands import Acknowledge, Answer, AnyCommand
from pathway.case.envelope import By
from pathway.case.words import describe
from pathway.engine.engine import Rehearsal
from pathway.site.commands import AnySiteCommand, SiteCommand
from pathway.site.streams import is_site
from ward.cli.app import AsJson, Db, Role, Speaker, app, opened, said
from ward.cli.exits import Exit
from ward.cli.read import known, looked
from ward.cli.shape import print_json
from ward.cli.speaker import role_of, second_signer, speaker
from ward.cli.why import of_refusal, show
from ward.clock import draw_id
from ward.door import PERSON, Door
from ward.entry import BYTES_LIMIT, from_json
from ward.errors import Denied, NotFound, NotUnderstood
from ward.people.person import SignedIn
from ward.policy.judge import Allowed
from ward.settings import settings
from ward.wiring import House

__all__ = ["Role", "Speaker", "ack", "allowed_by", "given", "send", "speaking", "spoken_by"]


@app.command()
def ack(
    ctx: typer.Context,
    reminder: Annotated[str, typer.Argument(help="The reminder, such as M3, as `wardpath due` lists it.")],
    case: Annotated[str, typer.Option(help="The token of the case.")],
    subject: Annotated[str | None, typer.Option(help="Its subject, where it has several.")] = None,
    by: Speaker = None,
    role: Role = None,
    reason: Annotated[str, typer.Option(help="Why, where that is worth keeping.")] = "",
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Take note of a ringing reminder: it pauses and is not done."""
    house = opened(ctx, db)
    if subject is None:
        looked(house, "case", [known(house, case)], by)
    which = subject if subject is not None else only_subject(house, case, reminder)
    speaker = speaking(ctx, by, role)
    command = Acknowledge(id=draw_id(), case=case, by=speaker, reminder=reminder, subject=which, reason=reason)
    send(house, command, json)


def send(house: House, command: AnyCommand | AnySiteCommand, json: bool, why: bool = False) -> None:
    """Send a command through the door and print its answer; exits with REFUSED where it was refused.

    What the command says of who speaks and who signs is what was named; the door has it proven. `why`: with the tree of
    reasons. Raises what `speaker` and `second_signer` raise.
    """
    spoken = spoken_by(house, command)
    try:
        answer = spoken.handle(command)
    except UnicodeEncodeError as error:
        raise NotUnderstood("a text holds bytes that are no characters", "UTF-8", "write it so") from error
    reasons = None
    if answer.status == "refused" and not isinstance(command, SiteCommand) and spoken.reads("why", command.case):
        reasons = of_refusal(house, command)
    if json:
        print_json({"answer": answer, "why": reasons} if why else answer)
    else:
        print_answer(house, answer, caused=spoken.reads("timeline", command.case))
        if reasons is not None:
            typer.echo(f"  {reasons.sentence}")
            if why:
                show((reasons,))
    if answer.status == "refused":
        raise typer.Exit(Exit.REFUSED)


class Spoken(NamedTuple):
    """Somebody at the door, in a role, with who signs beside them."""

    door: Door
    who: SignedIn
    role: str
    second: SignedIn | None = None

    def handle(self, command: AnyCommand | AnySiteCommand) -> Answer:
        """Carry out a command."""
        return self.door.handle(self.who, self.role, command, self.second)

    def rehearse(self, command: AnyCommand | AnySiteCommand) -> Rehearsal:
        """What would come of a command. Raises Denied."""
        return self.door.rehearse(self.who, self.role, command, self.second)

    def reads(self, what: str, case: str) -> bool:
        """Whether they may read this of a case, so that an answer may tell it."""
        allowed = self.door.may(self.who, self.role, what, self.door.ward_of(case), case)
        return isinstance(allowed, Allowed)


def spoken_by(house: House, command: AnyCommand | AnySiteCommand) -> Spoken:
    """Who speaks a command on this command line, proven, and who signs beside them. Raises as `speaker` does."""
    who = speaker(house, command.by.actor)
    second = second_signer(house, str(getattr(command, "second", "")))
    return Spoken(Door(house), who, role_of(who, command.by.role), second)


def allowed_by(house: House, act: str, ward: str, by: str | None, role: str | None) -> By:
    """Who does something on a ward that is no command of the engine, proven and allowed. Raises Denied."""
    who, door = speaker(house, by or ""), Door(house)
    allowed = door.may(who, role or settings().role, act, ward)
    if isinstance(allowed, Denied):
        raise door.logged(who, role or "", act, (), allowed)
    return By(who.account, allowed.role, authenticated=who.authenticated)


def print_answer(house: House, answer: Answer, *, caused: bool = True) -> None:
    """An answer in words: why it was refused, or what it caused, unless `caused` says that this is not to be told."""
    about = answer.case if is_site(answer.case) else f"case {answer.case}"
    typer.echo(f"{answer.status}{' before, nothing written now' if answer.repeated else ''}: {about}")
    if answer.refusal is not None:
        refusal = answer.refusal
        for line in (
            f"{refusal.message} [{refusal.code}]",
            *(f"- {reason}" for reason in refusal.reasons),
            refusal.mend,
        ):
            if line:
                typer.echo(f"  {line}")
        return
    if caused and answer.positions and not is_site(answer.case):
        positions, zone = set(answer.positions), house.engine.case(answer.case).zone
        for event in house.engine.timeline(answer.case):
            if event.position in positions:
                typer.echo(f"  {event.position}  {describe(event, house.pathway(event.bundle), zone)}")


def speaking(ctx: typer.Context, by: str | None, role: str | None, source: str = PERSON) -> By:
    """Who is named as speaking; `send` has it proven."""
    settings = said(ctx).settings
    return By(actor=by or settings.by, role=role or settings.role, source=source)


def only_subject(house: House, case: str, reminder: str) -> str:
    """The subject of the one open reminder of that name. Raises NotFound for none, NotUnderstood for several."""
    found = [row.subject for row in house.store.reminders(case) if row.reminder == reminder]
    if not found:
        raise NotFound("no such reminder is open for that case", "one that `wardpath due` lists", "check both")
    if len(found) > 1:
        raise NotUnderstood(
            f"{reminder} is open {len(found)} times", f"one of {', '.join(sorted(found))}", "say --subject"
        )
    return found[0]


def given(json: str) -> AnyCommand:
    """The command of `--json`: its text, or `-` for standard input. Raises NotUnderstood."""
    if json != "-":
        return from_json(json)
    # One byte more than allowed tells a text that is too long from one that just fits.
    return from_json(sys.stdin.buffer.read(BYTES_LIMIT + 1))
