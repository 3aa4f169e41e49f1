"""Proof on the command line: the key, checkpoints, the keeper, verification, the witness and the export.

But for the export none of these shows anything of a patient: an operator runs them, as `doctor` and `backup`.
"""

from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from pathway.clinical.instant import iso
from ward.cli.app import AsJson, Db, Speaker, opened, printed, store_place, table
from ward.cli.audit.group import audit
from ward.cli.exits import Exit, note, plain_markup
from ward.cli.operate import progress
from ward.cli.read import known, looked
from ward.cli.shape import print_json
from ward.clock import SystemClock
from ward.errors import NotUnderstood
from ward.place import shown

PublicKey = Annotated[Path | None, typer.Option("--public-key", help="The file of the public key, kept elsewhere.")]


@audit.command("key")
def make_key(ctx: typer.Context, db: Db = None, json: AsJson = False) -> None:
    """Make the key of the checkpoints, in a file of its own, and name it in the store; print the public key.

    Keep the public key in many hands: it tells whose checkpoints are true.
    """
    from ward.proof.key import found_key, key_place
    from ward.wiring import open_store

    place = store_place(ctx, db)
    with closing(open_store(place)) as store:
        key = found_key(store, key_place(place))
    if json:
        print_json({"public": key.public, "file": str(key_place(place))})
        return
    typer.echo(key.public)
    note(f"the key lies in {key_place(place)}: move it to who keeps the checkpoints, and to no backup of the store")


@audit.command("checkpoint")
def sign_checkpoint(ctx: typer.Context, db: Db = None, json: AsJson = False) -> None:
    """Sign one checkpoint now. Reads the store and writes nothing into it; ends with 4 where it was changed."""
    from ward.proof.checkpoint import keeper_of
    from ward.wiring import open_store

    place = store_place(ctx, db)
    with closing(open_store(place)) as store:
        told = keeper_of(store, place).sign()
    if json:
        print_json(told)
    else:
        typer.echo(f"checkpoint {told.number} of {iso(told.at)}: {told.streams} streams, {told.events} events")
        typer.echo(f"code {told.code}")


@audit.command("keep")
def keep_checkpoints(ctx: typer.Context, db: Db = None) -> None:
    """Sign a checkpoint every minute, or every 500 events, until stopped, as a process of another user."""
    from ward.proof.checkpoint import Told, keep, keeper_of
    from ward.run import asked_to_stop
    from ward.wiring import open_store

    place, stopping = store_place(ctx, db), Event()

    def tell(told: Told) -> None:
        note(f"checkpoint {told.number} of {iso(told.at)}: {told.events} events, code {told.code}")

    with closing(open_store(place)) as store, asked_to_stop(stopping):
        keeper_of(store, place)
        note(f"keeping {shown(place)}; stop with Ctrl-C")
        keep(lambda: keeper_of(store, place), stopping, tell)


@audit.command("verify")
def verify_record(ctx: typer.Context, public_key: PublicKey = None, db: Db = None, json: AsJson = False) -> None:
    """Hold the whole record to its proof, name what was changed, and say what cannot be seen.

    Writes nothing. Ends with 4 where anything is wrong.
    """
    from ward.proof.verify import verify
    from ward.proof.verify_export import printable
    from ward.wiring import open_house

    place = store_place(ctx, db)
    with closing(open_house(place)) as house, progress("checking events") as told:
        found = verify(
            house, place, SystemClock().now(), public=read_key(public_key), progress=lambda done: told(done, 0)
        )
    if json:
        print_json(found)
    else:
        typer.echo(f"{found.events} events of {found.streams} streams, {found.checkpoints} checkpoints")
        if found.findings:
            rows = table("kind", "case", "position", "what", "seen by", "between")
            for each in found.findings:
                between = f"{each.after} to {each.before}" if each.before else ""
                words = (each.kind, printable(each.case), each.position or "", each.what, each.seen_by, between)
                rows.add_row(*map(plain_markup, words))
            printed(rows)
        typer.echo(f"{found.wrong} findings" if found.wrong else "nothing is wrong")
        typer.echo("what this cannot see:")
        for text in found.unseen:
            typer.echo(f"- {text}")
    if found.wrong:
        raise typer.Exit(Exit.DAMAGED)


@audit.command("witness")
def witness_checkpoint(
    file: Annotated[Path, typer.Argument(help="A checkpoint, in the folder with those before it.", metavar="FILE")],
    memory: Annotated[Path, typer.Option(help="What this witness saw last.")] = Path("witness.json"),
    public_key: PublicKey = None,
    json: AsJson = False,
) -> None:
    """Look at a checkpoint as a witness: remember it, or refuse one that does not go on from the last (4).

    Needs no store. Whoever keeps `--memory` elsewhere sees when an older record, or another one, is put in its place.
    """
    from ward.proof.verify_export import PUBLIC
    from ward.proof.witness import witness

    beside = file.parent / PUBLIC
    seen = witness(file, memory, read_key(public_key or (beside if beside.exists() else None)))
    if json:
        print_json(seen)
    else:
        typer.echo(f"checkpoint {seen.number} of {seen.at} goes on: {seen.streams} streams, {seen.events} events")


@audit.command("export")
def export_record(
    ctx: typer.Context,
    target: Annotated[Path, typer.Argument(help="A new folder.", metavar="DIR")],
    case: Annotated[list[str] | None, typer.Option("--case", help="Of this case alone; may be said again.")] = None,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Write the stored events with what proves them, and a verifier that needs nothing of Wardpath, into a folder."""
    from ward.proof.export import export

    house, place = opened(ctx, db), store_place(ctx, db)
    heads = [known(house, each) for each in case] if case else house.engine.heads(closed=True)
    looked(house, "export", heads, by)
    chosen = tuple(head.case for head in heads) if case else None
    made = export(house, place, target, house.clock.now(), chosen)
    if json:
        print_json(made)
    else:
        typer.echo(f"{made.events} events of {made.streams} streams, {made.checkpoints} checkpoints in {made.folder}")
        note(f"check it on any machine: python -I {target / 'verify_export.py'}")


def read_key(file: Path | None) -> str:
    """The public key in a file; empty for none. Raises NotUnderstood."""
    from ward.proof.verify_export import read_public

    if file is None:
        return ""
    try:
        text = file.read_text("ascii").strip()
        read_public(text)
    except (OSError, ValueError) as error:
        raise NotUnderstood(
            f"{file} holds no public key", "one that `wardpath audit key` printed", "name it"
        ) from error
    return text
