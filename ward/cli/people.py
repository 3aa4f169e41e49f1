"""People: accounts with their roles and secrets. What was drawn is printed once, and kept nowhere."""

from typing import Annotated

import typer

from pathway.case.commands import Answer
from pathway.clinical.instant import iso
from pathway.site.accounts.commands import GrantRole, RevokeRole
from pathway.site.accounts.grant import EVERY_WARD, Grant
from pathway.site.accounts.state import Account
from ward.cli.act import print_answer
from ward.cli.app import AsJson, Db, Role, Speaker, app, opened, printed, table
from ward.cli.exits import Exit, note, plain_markup
from ward.cli.shape import print_json
from ward.cli.speaker import role_of, speaker
from ward.clock import draw_id
from ward.door import Door
from ward.errors import Denied, NotUnderstood
from ward.listed import account_row
from ward.people.administer import UNSAID, Administering, Given, first
from ward.wiring import House

people = typer.Typer(name="people", no_args_is_help=True, help="Accounts of people and services, roles, secrets.")
token = typer.Typer(name="token", no_args_is_help=True, help="Tokens of services.")
people.add_typer(token)
app.add_typer(people)

Name = Annotated[str, typer.Argument(help="The account, such as nurse.anna.", metavar="ACCOUNT")]
Where = Annotated[str, typer.Option("--ward", help="On which ward; * is every one.")]
What = Annotated[str, typer.Argument(help="The role.", metavar="ROLE")]
Grants = Annotated[list[str] | None, typer.Option("--grant", help="ROLE@WARD, again for each; ROLE alone: every ward.")]
Scopes = Annotated[list[str] | None, typer.Option("--scope", help="For a service: a command or read, again for each.")]


@people.command("first")
def first_of_all(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(help="The administrator's account.")] = "admin",
    name: Annotated[str, typer.Option(help="Who it is.")] = "Administrator",
    db: Db = None,
) -> None:
    """Make the administrator of a store without accounts, as releases before accounts have left it."""
    house = opened(ctx, db)
    give(house, first(house, account, name), account)


@people.command("list")
def list_people(ctx: typer.Context, by: Speaker = None, db: Db = None, json: AsJson = False) -> None:
    """List the accounts, closed ones too; whoever does not look after them sees their own."""
    house = opened(ctx, db)
    found = seen(house, by, "people", tuple(house.engine.sites.accounts().held.values()))
    if json:
        print_json([account_row(house, each) for each in found])
        return
    rows = table("account", "name", "kind", "roles", "secret", "since", "")
    for each in found:
        said = account_row(house, each)
        roles = ", ".join(f"{grant.role}@{grant.ward}" for grant in each.grants)
        closed = "" if each.closed_at is None else f"closed {iso(each.closed_at)}"
        row = (each.account, each.name, each.kind, roles, said["secret"], iso(each.opened_at), closed)
        rows.add_row(*map(plain_markup, row))
    printed(rows)


@people.command("add")
def add(
    ctx: typer.Context,
    account: Name,
    name: Annotated[str, typer.Option(help="Who it is.")],
    grant: Grants = None,
    service: Annotated[bool, typer.Option("--service", help="For a program, which gets a token.")] = False,
    scope: Scopes = None,
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
) -> None:
    """Open an account. A person gets a password for one use, printed once; a service then gets a token."""
    house = opened(ctx, db)
    mine, grants = administering(house, by, role), tuple(map(read_grant, grant or ()))
    if service:
        told(house, mine.open_service(account, name, grants, tuple(scope or ())))
        note(f"now give it a token: wardpath people token make {account}")
    else:
        give(house, mine.open_person(account, name, grants), account)


@people.command("grant")
def grant_role(
    ctx: typer.Context,
    account: Name,
    what: What,
    ward: Where = EVERY_WARD,
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
) -> None:
    """Give an account a role on a ward. Nobody gives themselves one."""
    house = opened(ctx, db)
    command = GrantRole(id=draw_id(), by=UNSAID, account=account, role=what, ward=ward)
    told(house, administering(house, by, role).say(command))


@people.command("revoke")
def revoke_role(
    ctx: typer.Context,
    account: Name,
    what: What,
    ward: Where = EVERY_WARD,
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
) -> None:
    """Take a role on a ward from an account, at once."""
    house = opened(ctx, db)
    command = RevokeRole(id=draw_id(), by=UNSAID, account=account, role=what, ward=ward)
    told(house, administering(house, by, role).say(command))


@people.command("close")
def close(ctx: typer.Context, account: Name, by: Speaker = None, role: Role = None, db: Db = None) -> None:
    """Close an account for ever, and end its sign-ins."""
    house = opened(ctx, db)
    told(house, administering(house, by, role).close(account))


@people.command("reset")
def reset(ctx: typer.Context, account: Name, by: Speaker = None, role: Role = None, db: Db = None) -> None:
    """Give a person a new password for one use, printed once; their old one and their sign-ins end."""
    house = opened(ctx, db)
    give(house, administering(house, by, role).reset(account), account)


@token.command("make")
def make_token(ctx: typer.Context, account: Name, by: Speaker = None, role: Role = None, db: Db = None) -> None:
    """Give a service a token, printed once: the program sends it, or has it in WARDPATH_TOKEN."""
    house = opened(ctx, db)
    given = administering(house, by, role).make_token(account)
    told(house, given.answer)
    typer.echo(given.secret)
    note("this token is shown this once: put it away now")


@token.command("list")
def list_tokens(ctx: typer.Context, account: Name, by: Speaker = None, db: Db = None, json: AsJson = False) -> None:
    """List the tokens of a service by their labels, and since when each is there."""
    house = opened(ctx, db)
    found = seen(house, by, "people", tuple(filter(None, [house.engine.sites.accounts().find(account)])))
    kept = [each for one in found for each in house.store.credentials(one.account, "token") if each.hash]
    if json:
        print_json([{"label": each.label, "since": iso(each.changed_at)} for each in kept])
        return
    rows = table("label", "since")
    for each in kept:
        rows.add_row(each.label, iso(each.changed_at))
    printed(rows)


@token.command("revoke")
def revoke_token(
    ctx: typer.Context,
    account: Name,
    label: Annotated[str, typer.Argument(help="Its label, as `wardpath people token list` shows it.")],
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
) -> None:
    """End a token, at once."""
    house = opened(ctx, db)
    told(house, administering(house, by, role).revoke_secret(account, label))


# --- said and printed ------------------------------------------------------------------------------------------------


def administering(house: House, by: str | None, role: str | None) -> Administering:
    """What the speaker may do to accounts; the door says whether."""
    who = speaker(house, by or "")
    return Administering(Door(house), who, role_of(who, role or ""))


def seen(house: House, by: str | None, what: str, accounts: tuple[Account, ...]) -> tuple[Account, ...]:
    """Those of some accounts that the speaker may see. Raises Denied where that is none of them."""
    who, door = speaker(house, by or ""), Door(house)
    allowed = [not isinstance(door.may(who, "", what, about=each.account), Denied) for each in accounts]
    if accounts and not any(allowed) and isinstance(denied := door.may(who, "", what), Denied):
        raise door.logged(who, "", what, (), denied)
    return tuple(each for each, may in zip(accounts, allowed, strict=True) if may)


def read_grant(text: str) -> Grant:
    """A grant as it is written, `nurse@H1`. Raises NotUnderstood."""
    role, _, ward = text.partition("@")
    if not role.strip():
        raise NotUnderstood("a grant cannot be read", "ROLE@WARD, such as nurse@H1", "say --grant nurse@H1")
    return Grant(role.strip(), ward.strip() or EVERY_WARD)


def give(house: House, given: Given, account: str) -> None:
    """Print an answer, and the password that came of it, once."""
    told(house, given.answer)
    print_once(account, given.secret)


def print_once(account: str, secret: str) -> None:
    """Print a password for one use."""
    typer.echo(f"{account}  {secret}")
    note("this password is shown this once and opens one sign-in: wardpath sign-in asks for a new one then")


def told(house: House, answer: Answer) -> None:
    """Print an answer; exits with REFUSED where it was refused."""
    print_answer(house, answer)
    if answer.refusal is not None:
        raise typer.Exit(Exit.REFUSED)
