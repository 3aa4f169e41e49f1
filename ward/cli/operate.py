"""Operating: make a store, look it over, back it up, restore it, upgrade it."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from pathway.case.facts import is_zone
from pathway.clinical.instant import iso
from pathway.site.accounts.decide import can_be_named
from pathway.site.accounts.grant import EVERY_WARD
from ward.cli.app import AsJson, Db, app, printed, said, store_place, table
from ward.cli.asking import ADMIN, Origin, Wanted, ask, somebody_is_there
from ward.cli.exits import Exit, note, plain_markup
from ward.cli.people import give
from ward.cli.shape import print_json
from ward.clock import SystemClock
from ward.errors import NotUnderstood
from ward.place import Place, is_server, shown
from ward.record import Record
from ward.sealing import warned
from ward.vault import key_file
from ward.wiring import create_store, open_house, open_store

RolesNamed = Annotated[
    str, typer.Option("--roles", help="On a server: NAME_owner, NAME_application and NAME_auditor.", metavar="NAME")
]
#: How a role's name may begin.
NAME_LIMIT = 40


@app.command()
def init(
    ctx: typer.Context,
    origin: Annotated[Origin | None, typer.Option(help="For ever: it cannot be changed later.")] = None,
    label: Annotated[str, typer.Option(help="What the pages call it.")] = "",
    administrator: Annotated[str, typer.Option(help="Of a live store: its first administrator's account.")] = ADMIN,
    zone: Annotated[str, typer.Option(help="The time zone that enrolments begin with.")] = "",
    ward: Annotated[str, typer.Option(help="The ward that enrolments begin with.")] = "",
    roles: RolesNamed = "wardpath",
    roles_only: Annotated[bool, typer.Option("--roles-only", help="On a server: the store is there already.")] = False,
    db: Db = None,
) -> None:
    """Make a new, empty store. Without options, on a terminal, it asks.

    On a server the address is that of a role that may make schemas and roles. Passwords of the new roles come from
    WARDPATH_OWNER_PASSWORD, WARDPATH_APPLICATION_PASSWORD and WARDPATH_AUDITOR_PASSWORD; any other is drawn and printed
    once, and kept nowhere.
    """
    place = store_place(ctx, db)
    if roles_only and not is_server(place):
        raise NotUnderstood("a file was to be given roles", "the URL of a server", "leave --roles-only out")
    if not (roles.isidentifier() and len(roles) <= NAME_LIMIT):
        raise NotUnderstood("--roles cannot be read", f"a name of up to {NAME_LIMIT} letters", "say --roles ward_7")
    if not roles_only:
        found = wanted(ctx, place, origin, label, zone, ward, administrator)
        place = make(found)
        people_of(found)
    if is_server(place):
        give_roles(str(place), roles)


def wanted(
    ctx: typer.Context, place: Place, origin: Origin | None, label: str, zone: str, ward: str, administrator: str
) -> Wanted:
    """What is to be made, as the options say; asked for where they say nothing and somebody sits there."""
    if origin is None and not (label or zone or ward) and somebody_is_there():
        return ask(place if place_is_said(ctx) else None)
    if origin is None:
        raise NotUnderstood("nobody says what kind of store", "live or demonstration", "say --origin")
    if zone and not is_zone(zone):
        raise NotUnderstood("there is no such time zone", "a name such as Europe/Berlin", "say --zone with one")
    if not can_be_named(administrator):
        raise NotUnderstood("no account can be called so", "small letters and digits, such as admin", "say another")
    return Wanted(place, origin, label, zone, ward, administrator)


def place_is_said(ctx: typer.Context) -> bool:
    """Whether an option or a setting names the store."""
    return bool(ctx.params.get("db") or said(ctx).db or said(ctx).settings.db)


def make(wanted: Wanted) -> Place:
    """Make the store and say what was made."""
    key = key_file(wanted.place)
    with closing(create_store(wanted.place, wanted.origin, wanted.label, key)) as store:
        begins = {name: text for name, text in (("zone", wanted.zone), ("ward", wanted.ward)) if text}
        for name, text in begins.items():
            store.set_property(name, text)
    parts = (wanted.origin, wanted.label, *(f"{name} {text}" for name, text in begins.items()))
    typer.echo(f"made {shown(wanted.place)}: {', '.join(filter(None, parts))}")
    note(f"who the patients are is sealed with the key in {key}: keep a copy of it apart from every backup")
    return wanted.place


def people_of(wanted: Wanted) -> None:
    """Open the first accounts: an administrator of a live store, the invented people of a demonstration."""
    from ward.demonstration.people import invite
    from ward.people.administer import first

    with closing(open_house(wanted.place)) as house:
        if wanted.origin == "demonstration":
            invite(house, wanted.ward or EVERY_WARD)
            note("its people are invented and need no password: wardpath people list")
        else:
            give(house, first(house, wanted.administrator, "Administrator"), wanted.administrator)


def give_roles(url: str, name: str) -> None:
    """Make the roles, and print once the passwords that were drawn."""
    from ward.founding import give_roles as found

    founded = found(url, name)
    for role in founded.roles:
        typer.echo(f"{role}  {founded.drawn.get(role, 'with the password that it was given')}")
    if founded.drawn:
        note("these passwords are shown this once: put them away now")
    note("run the ward as the application; the owner is for upgrades and backups, the auditor reads")


@app.command()
def doctor(
    ctx: typer.Context,
    db: Db = None,
    quick: Annotated[bool, typer.Option("--quick", help="Leave the chains and the folds out.")] = False,
    json: AsJson = False,
) -> None:
    """Look a store over: versions, settings, damage, chains, clocks, disk, and what waits for somebody.

    Writes nothing and shows no patient data. Ends with 4 when there is a fault, and with 0 when there is none.
    """
    from ward.doctor import examine, worst

    place = store_place(ctx, db)
    with progress("checking cases") as told:
        findings = examine(place, quick=quick, progress=told)
    if json:
        print_json({"store": shown(place), "status": worst(findings), "findings": findings})
    else:
        rows = table("", "about", "case", "what", "expected", "to mend it")
        for each in findings:
            severity = "" if each.severity == "ok" else each.severity.upper()
            rows.add_row(*map(plain_markup, (severity, each.about, each.case, each.what, each.expected, each.mend)))
        printed(rows)
    if worst(findings) == "fault":
        raise typer.Exit(Exit.DAMAGED)


@app.command()
def backup(
    ctx: typer.Context,
    to: Annotated[Path, typer.Argument(help="A new file.", metavar="TO")],
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Copy a store into a new file while it runs, and check every chain in the copy.

    The store of a server is dumped by pg_dump, in the role that owns it.
    """
    from ward.backup import back_up

    place = store_place(ctx, db)
    with progress("checking the copy") as told:
        record = back_up(place, to, told)
    tell(f"backed up {shown(place)} to {to}", to, record, json)
    note(f"the key that opens who the patients are is not in it: it lies in {key_file(place)}; keep a copy elsewhere")
    if record is None:
        note("restore it into an empty database to check it: wardpath restore FROM --db postgresql://...")


@app.command()
def restore(
    ctx: typer.Context,
    source: Annotated[Path, typer.Argument(help="A backup.", metavar="FROM")],
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Make a store of a backup where there is none yet, check every chain, and say until when the record reaches."""
    from ward.backup import restore as restored

    place = store_place(ctx, db)
    with progress("checking the record") as told:
        record = restored(source, place, told)
    tell(f"restored {source} to {shown(place)}", place, record, json)
    with closing(open_store(place)) as store:
        if lacking := warned(store, place):
            note(lacking)
    if is_server(place):
        note("now give its roles their rights: wardpath init --roles-only --db postgresql://...")


@app.command()
def upgrade(ctx: typer.Context, db: Db = None, json: AsJson = False) -> None:
    """Bring a stopped store to the schema of this release: back it up beside itself, migrate, check."""
    from ward.backup import upgrade as upgraded

    place = store_place(ctx, db)
    with progress("checking the record") as told:
        done = upgraded(place, SystemClock().now(), told)
    note(f"backup {done.backup}")
    if done.sealed:
        note(f"{done.sealed} identities were in the clear and are sealed now; that backup holds them as they were")
        note(f"the key lies in {key_file(place)}: keep a copy of it apart from every backup")
    moved = f"schema {done.before} to {done.now}" if done.before != done.now else f"schema {done.now}, as before"
    tell(f"upgraded {shown(place)}: {moved}", place, done.record, json)


def tell(done: str, place: Place, record: Record | None, json: bool) -> None:
    """Say what was done, and what the copy or the store holds."""
    until = None if record is None or record.until is None else iso(record.until)
    if json:
        counted = {} if record is None else {"cases": record.cases, "events": record.events}
        print_json({"store": shown(place), "checked": record is not None, "until": until, **counted})
        return
    typer.echo(done)
    if record is not None:
        reach = f"the record reaches until {until}" if until else "the record is empty"
        typer.echo(f"{record.cases} cases, {record.events} events, every chain sound; {reach}")


@contextmanager
def progress(doing: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, told the cases done and how many there are."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
