"""Signing in on the command line, and breaking glass: who one is, and how one reaches a patient in an emergency."""

import sys
from typing import Annotated, Literal

import typer

from pathway.case.envelope import By
from pathway.clinical.instant import iso
from pathway.site.accounts.commands import BreakGlass, ReviewBreakGlass
from ward.cli.act import send
from ward.cli.app import AsJson, Db, Role, Speaker, app, opened, printed, table
from ward.cli.exits import note, plain_markup
from ward.cli.people import seen
from ward.cli.shape import print_json
from ward.cli.speaker import demonstration, speaker
from ward.clock import draw_id
from ward.door import Door
from ward.errors import NotHere, NotUnderstood
from ward.people.administer import Administering
from ward.people.kept import forget_token, keep_token, kept_tokens
from ward.people.signing_in import change_password, sign_ins, sign_out
from ward.people.signing_in import sign_in as signed
from ward.settings import settings
from ward.wiring import House

FACE = "command line"


@app.command("sign-in")
def sign_in(ctx: typer.Context, account: Annotated[str, typer.Argument(help="Your account.")], db: Db = None) -> None:
    """Sign in to a live store: the password is asked for, or read from a line of standard input.

    A password for one use is changed at once. The sign-in is kept in a file of your own, until `wardpath sign-out`,
    15 minutes without use, or 12 hours.
    """
    house = opened(ctx, db)
    if demonstration(house):
        raise NotHere("a demonstration knows its people by name", "a live store", "say --by NAME with the command")
    password = secret("password")
    token, who = signed(house, account, password, FACE)
    if who.must_change:
        new = new_password()
        change_password(house, account, password, new)
        token, who = signed(house, account, new, FACE)
    where = keep_token(token)
    typer.echo(f"signed in: {who.account}, {who.name}")
    note(f"kept in {where}")


@app.command("sign-out")
def sign_out_here(ctx: typer.Context, db: Db = None) -> None:
    """End the sign-ins that this command line keeps of a store."""
    house, ended = opened(ctx, db), 0
    for token in kept_tokens():
        if sign_out(house, token):
            ended += 1
            forget_token(token)
    typer.echo(f"signed out: {ended}")


@app.command("sign-ins")
def list_sign_ins(
    ctx: typer.Context,
    account: Annotated[str, typer.Option(help="Of this account alone.")] = "",
    end: Annotated[bool, typer.Option("--end", help="End those of --account.")] = False,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """List the sign-ins that live; whoever does not look after accounts sees their own."""
    house = opened(ctx, db)
    if end:
        end_sign_ins(house, account, by)
        return
    may = {each.account for each in seen(house, by, "sign_ins", tuple(house.engine.sites.accounts().held.values()))}
    found = [each for each in sign_ins(house, account) if each.account in may]
    if json:
        kept = ("account", "face", "role", "ward", "began_at", "used_at", "until")
        print_json([{name: getattr(each, name) for name in kept} for each in found])
        return
    rows = table("account", "where", "role", "ward", "since", "last used", "until at most")
    for each in found:
        when = map(iso, (each.began_at, each.used_at, each.until))
        rows.add_row(*map(plain_markup, (each.account, each.face, each.role, each.ward, *when)))
    printed(rows)


@app.command("break-glass")
def break_glass(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(help="The token of the case; or `list`; or `review`.", metavar="CASE")],
    number: Annotated[int | None, typer.Argument(help="With `review`: the number of the glass.")] = None,
    reason: Annotated[str, typer.Option(help="Why; it is reviewed within three days.")] = "",
    choice: Annotated[Literal["justified", "not_justified"] | None, typer.Option(help="With `review`.")] = None,
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Reach one patient outside your wards in an emergency, for an hour, with a reason.

    Whoever looks after the ward and the accounts hears of it at once, every look is logged, and somebody reviews it.
    """
    house = opened(ctx, db)
    if what == "list":
        list_glass(house, by, json)
    elif what == "review":
        if number is None or choice is None:
            raise NotUnderstood("a review names no glass or no choice", "both", "say review NUMBER --choice justified")
        send(
            house, ReviewBreakGlass(id=draw_id(), by=named(by, role), number=number, choice=choice, reason=reason), json
        )
    else:
        who = speaker(house, by or "")
        command = BreakGlass(id=draw_id(), by=named(by, role), account=who.account, patient_case=what, reason=reason)
        send(house, command, json)


# --- said and asked --------------------------------------------------------------------------------------------------


def list_glass(house: House, by: str | None, json: bool) -> None:
    """Print the glasses that were broken, with why, for how long, and what the review said."""
    state = house.engine.sites.accounts()
    may = {each.account for each in seen(house, by, "people", tuple(state.held.values()))}
    found = [each for each in state.glass.values() if each.body.account in may]
    now = house.clock.now()
    made = [
        {
            "number": each.body.number,
            "account": each.body.account,
            "case": each.body.patient_case,
            "ward": each.body.ward,
            "at": iso(each.at),
            "until": iso(each.body.until),
            "reason": house.engine.opened(each.body.reason).text,
            "review_by": iso(each.body.review_by),
            "review": each.reviewed.choice if each.reviewed else "overdue" if each.overdue(now) else "waiting",
        }
        for each in found
    ]
    if json:
        print_json(made)
        return
    heads = ("number", "account", "case", "ward", "at", "until", "reason", "review", "review_by")
    rows = table(*(each.replace("_", " ") for each in heads))
    for each in made:
        rows.add_row(*(plain_markup(each[name]) for name in heads))
    printed(rows)


def end_sign_ins(house: House, account: str, by: str | None) -> None:
    """End the sign-ins of an account, for whoever may change its secret."""
    mine = Administering(Door(house), speaker(house, by or ""), "")
    typer.echo(f"ended: {mine.end_sign_ins(account)}")


def named(by: str | None, role: str | None) -> By:
    """Who is named as speaking; the door has it proven."""
    known = settings()
    return By(by or known.by, role or known.role)


def secret(what: str) -> str:
    """A password: asked for without showing it, or a line of standard input. Raises NotUnderstood for none."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True, err=True))
    line = sys.stdin.readline()
    if not line:
        raise NotUnderstood(f"no {what} was said", "it as a line of standard input", "run this on a terminal")
    return line.rstrip("\r\n")


def new_password() -> str:
    """A new password, said twice. Raises NotUnderstood where the two differ."""
    note("this password was for one use: choose your own, of 8 characters or more")
    new = secret("new password")
    if secret("new password again") != new:
        raise NotUnderstood("the two new passwords differ", "the same twice", "sign in again")
    return new
