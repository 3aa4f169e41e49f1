"""`wardpath do`: every command of the engine, with options made of its fields, or as JSON."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, get_args, get_origin

import msgspec
import typer

from pathway.case.commands import Command
from ward.cli.act import Role, Speaker, given, send, speaking
from ward.cli.app import AsJson, Db, app, opened
from ward.clock import draw_id
from ward.entry import COMMANDS, entered, hints, instants, optional, words_of
from ward.errors import NotUnderstood
from ward.wiring import House

do = typer.Typer(
    help="Send a command: `do RecordResult --case ...`, or `do --json '{...}'`, or `do --json -` from standard input.",
    invoke_without_command=True,
)
app.add_typer(do, name="do")

#: Fields with a word of their own on the command line, or none; a history comes as JSON, or from a file (`enrol`).
OWN = {"id", "by", "history", "second_by"}
#: Options that every command has; a field of the same name is said with `--about-` before it.
EVERY = ("by", "role", "source", "db", "json", "id", "why")
ABOUT = "about_"
#: What Enrol may leave out: a token is drawn.
DRAWN = {"case", "patient"}
#: What people write in a tick.
YES_NO = {"yes": "true", "no": "false"}
SHIPPED = "variant_apl"


@do.callback(invoke_without_command=True)
def do_json(
    ctx: typer.Context,
    json: Annotated[str | None, typer.Option("--json", help="The command as JSON, or - for standard input.")] = None,
    db: Db = None,
) -> None:
    """Send a command given as JSON; its answer is printed as JSON."""
    if ctx.invoked_subcommand is not None:
        if json is not None or db is not None:
            raise NotUnderstood("an option stands before the command's name", "it behind", "see `wardpath do --help`")
        return
    if json is None:
        raise NotUnderstood("no command is given", "a command's name or --json", "see `wardpath do --help`")
    command = given(json)
    send(opened(ctx, db), command, json=True)


def option_of(field: str, hint: Any, required: bool) -> tuple[Any, Any]:
    """The type and default of the option for a field."""
    name = f"--{spelt(field).replace('_', '-')}"
    if hint is bool:
        return Annotated[bool | None, typer.Option(f"{name}/--no-{name[2:]}", show_default=False)], None
    if many(hint):
        shown = "NAME=VALUE" if many(hint) is dict else "TEXT"
        told = typer.Option(name, metavar=shown, help="May be said several times.", show_default=False)
        return Annotated[list[str] | None, told], None
    words = words_of(hint)
    told = typer.Option(
        name,
        metavar="TIME" if "Instant" in str(hint) else "|".join(words) or ("NUMBER" if "int" in str(hint) else "TEXT"),
        help="Needed." if required else None,
        show_default=False,
    )
    return Annotated[str | None, told], None


def spelt(field: str) -> str:
    """The name of the option for a field."""
    return f"{ABOUT}{field}" if field in EVERY else field


def many(hint: Any) -> Any:
    """`dict` or `tuple` for a field that holds several, else None."""
    return next((kind for kind in (dict, tuple) if get_origin(hint) is kind), None)


def raw(kind: type[Command], options: dict[str, Any]) -> dict[str, Any]:
    """The options as the fields of a command. Raises NotUnderstood."""
    types = hints(kind)
    found: dict[str, Any] = {}
    for field, value in options.items():
        if value is None or value == []:
            continue
        if many(types[field]) is dict:
            pairs = [each.partition("=") for each in value]
            if not all(sign for _, sign, _ in pairs):
                raise NotUnderstood(f"--{field} cannot be read", "NAME=VALUE", "write it so")
            found[field] = {name: YES_NO.get(text, text) for name, _, text in pairs}
        elif optional(types[field]) and field not in instants(kind) and int in get_args(types[field]):
            found[field] = number(field, value)
        else:
            found[field] = tuple(value) if isinstance(value, list) else value
    return found


def number(field: str, text: str) -> int:
    """A whole number. Raises NotUnderstood."""
    if not text.isdecimal():
        raise NotUnderstood(f"--{field.replace('_', '-')} cannot be read", "a whole number", "write it so")
    return int(text)


def filled(kind: type[Command], fields: dict[str, Any], house: House) -> dict[str, Any]:
    """The fields with what an enrolment may leave out."""
    if kind.__name__ != "Enrol":
        return fields
    drawn = {name: draw_id()[:12] for name in DRAWN if name not in fields}
    origin = "live" if house.store.origin == "live" else "invented"
    begins = {name: text for name in ("zone", "ward") if (text := house.store.property(name))}
    return {"pathway": SHIPPED, "origin": origin, **begins, **drawn, **fields}


def command_for(kind: type[Command]) -> Callable[..., None]:
    """The command-line function of a command, with one option a field."""

    def act(ctx: typer.Context, **options: Any) -> None:
        by, role, source = (options.pop(name) for name in ("by", "role", "source"))
        db, json, key, why = (options.pop(name) for name in ("db", "json", "id", "why"))
        speaker = speaking(ctx, by, role, source)
        fields = raw(kind, {name.removeprefix(ABOUT): each for name, each in options.items()})
        house = opened(ctx, db)
        whole = {"type": kind.__name__, "id": key or draw_id(), "by": msgspec.to_builtins(speaker)}
        send(house, entered(whole | filled(kind, fields, house), lax=True), json, why)

    parameters = [keyword("ctx", typer.Context, inspect.Parameter.empty)]
    parameters += [
        keyword(spelt(field.name), *option_of(field.name, hints(kind)[field.name], field.required))
        for field in msgspec.structs.fields(kind)
        if field.name not in OWN
    ]
    own: dict[str, tuple[Any, Any]] = {
        "by": (Speaker, None),
        "role": (Role, None),
        "source": (Annotated[str, typer.Option(help="What it came through.")], "person"),
        "id": (Annotated[str | None, typer.Option(help="The command's id; sent again, it writes nothing.")], None),
        "db": (Db, None),
        "json": (AsJson, False),
        "why": (Annotated[bool, typer.Option("--why", help="Where it is refused, the tree of reasons too.")], False),
    }
    parameters += [keyword(name, *what) for name, what in own.items()]
    act.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # a function takes one, mypy does not know
    act.__annotations__ = {each.name: each.annotation for each in parameters}
    act.__doc__ = " ".join((kind.__doc__ or "").split())
    return act


def keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    """A parameter that is said by name."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


for each_name, each_kind in COMMANDS.items():
    do.command(each_name)(command_for(each_kind))
