"""Commands: everything that is asked of the engine, each at an address of its own, once under its Idempotency-Key."""

from typing import Annotated, Any

from fastapi import FastAPI, Header, Query
from msgspec.structs import replace
from starlette.responses import Response

from pathway.case.commands import Answer, Command, Report, Request, Transition
from pathway.engine.engine import Rehearsal
from ward.clock import draw_id
from ward.entry import COMMANDS, entered
from ward.errors import Denied, NotUnderstood
from ward.web.api.answers import told, version_in
from ward.web.api.caller import Body, Caller, SecondToken, second_signer
from ward.web.api.cases import event_line
from ward.web.api.problem import missing, of_refusal
from ward.web.api.schema import IDENTIFIED, OWN, PROVEN, described, usual_answers
from ward.web.forms import identity
from ward.web.forms.things import Offer
from ward.web.reads import Reads
from ward.web.visit import Visit

#: What a service came through, as its events say it.
SOURCE = "api"
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=100,
        pattern=r"^[\x21-\x7e]*$",
        description="The id of the command: sent again with the same body it writes nothing, and answers as before.",
    ),
]
Match = Annotated[
    str,
    Header(
        alias="If-Match",
        max_length=200,
        description="The ETag of the case as it was seen. A request is refused (412) where its facts, phases or "
        "decisions have changed since; a report says what happened, and is recorded whatever was seen.",
    ),
]
Rehearse = Annotated[bool, Query(description="Say what would come of it, and write nothing.")]


def add_commands(api: FastAPI, reads: Reads) -> None:
    """Add an address for every command."""
    for name, kind in COMMANDS.items():
        summary = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
        api.post(
            f"/commands/{name}",
            tags=["commands"],
            operation_id=name,
            summary=summary,
            openapi_extra=described(kind),
            responses=usual_answers(),
        )(sender(kind, reads))

    @api.post("/commands/{name}", include_in_schema=False)
    def refuse_unknown(_: Caller) -> Response:
        missing("command", "one of " + ", ".join(sorted(COMMANDS)))


def sender(kind: type[Command], reads: Reads) -> Any:
    """What carries out one command."""

    def send(
        visit: Caller,
        body: Body,
        key: Key = "",
        seen: Match = "",
        second: SecondToken = "",
        rehearse: Rehearse = False,
    ) -> Response:
        version = version_in(seen) if issubclass(kind, Request) else None
        command = read_command(kind, body, key or draw_id(), version)
        prove(visit, reads, command, body.get(IDENTIFIED, {}))
        signer = second_signer(visit, second)
        if rehearse:
            return rehearsed(visit, visit.rehearse(command, signer))
        return answered(kind, visit.handle(command, signer))

    return send


def read_command(kind: type[Command], body: dict[str, Any], key: str, seen_version: int | None) -> Any:
    """The command that a body means. Raises NotUnderstood."""
    if said := sorted(OWN & body.keys()):
        raise NotUnderstood(
            f"{kind.__name__}: {', '.join(said)} does not stand in the body",
            "Idempotency-Key for the id, If-Match for what was seen, Wardpath-Second for who signs too",
            "say it there",
        )
    fields = {name: each for name, each in body.items() if name != IDENTIFIED or kind.__name__ not in PROVEN}
    raw = {**fields, "type": kind.__name__, "id": key, "by": {"actor": "", "source": SOURCE}}
    try:
        command = entered(raw)
    except NotUnderstood as error:
        mend = f"see {kind.__name__} in /api/v1/openapi.json"
        raise NotUnderstood(error.happened, error.expected, mend) from error
    return command if seen_version is None else replace(command, seen_version=seen_version)


def prove(visit: Visit, reads: Reads, command: Command, said: Any) -> None:
    """That a person told the patient of an act with a drug by two identifiers, as on a form (P10).

    A service passes on what a person did elsewhere, and reads no wristband. Raises WrongPatient, NotUnderstood.
    """
    name = type(command).__name__
    if name not in PROVEN or visit.who.kind == "service" or isinstance(visit.may(name, command.case), Denied):
        return
    if (asked := reads.inquiry(command.case)) is None:
        return  # Of no case: the engine refuses it, or keeps it for people to settle.
    if not isinstance(said, dict) or not all(isinstance(each, str) for each in said.values()):
        raise NotUnderstood(
            "the identifiers cannot be read", "texts by their names", f'add {{"{IDENTIFIED}": {{...}}}}'
        )
    fixed = {"transition": command.transition} if isinstance(command, Transition) else {}
    if identity.identified(asked.turn, Offer(name, "", fixed)):
        typed = {f"{identity.PREFIX}{each}": text for each, text in said.items()}
        identity.prove(visit, command.case, name, reads.identity(command.case), typed)


def answered(kind: type[Command], answer: Answer) -> Response:
    """What became of a command. A report that goes to no case is kept (202), and people look whose it is."""
    headers = {"Idempotency-Replayed": "true"} if answer.repeated else {}
    if answer.refusal is None:
        return told(answer, headers=headers)
    if issubclass(kind, Report) and answer.refusal.code != "denied":
        return told(answer, 202, headers)
    found = of_refusal(answer.refusal)
    found.headers.update(headers)
    return found


def rehearsed(visit: Visit, found: Rehearsal) -> Response:
    """What would come of a command: its answer, and to whoever may read them the events."""
    house = visit.door.house
    events = tuple(each for each in (*found.events, *found.aside) if visit.lets("timeline", each.case))
    lines = [event_line(house, each, found.after.zone) for each in events]
    return told({"answer": found.answer, "events": lines, "notices": len(found.notices)})
