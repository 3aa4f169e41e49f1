"""The pages of the forms: what may be done now, a form for each command, its check, and its answer.

A form is sent twice: once to be checked, which writes nothing, and once to be carried out. Its number is the id of the
command, so that a double click or a form that is sent again writes once.
"""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from pathway.case.commands import AnyCommand, Refusal, Report
from pathway.case.picture import Picture
from pathway.case.turn import Turn
from pathway.engine.errors import CommandReused
from ward.clock import draw_id
from ward.errors import Denied, NotUnderstood
from ward.people.person import SignedIn
from ward.web.forms import identity
from ward.web.forms.leads import begun, leads
from ward.web.forms.named import ELSEWHERE, NOTES, TITLES
from ward.web.forms.offers import groups, judged
from ward.web.forms.read import FIXED, carried, command_of, fixed_of
from ward.web.forms.shape import parts, summary
from ward.web.forms.things import Offer, find, key_of
from ward.web.forms.told import done, doubtful, rehearsed, since
from ward.web.pages import Pages
from ward.web.patient import Patient, patient
from ward.web.reads import Reads
from ward.web.show.case import Find, finder
from ward.web.visit import Checked, Visit, Visitor

#: Why a form was not taken, to the status of the page that says so; any other refusal is the case's own.
STATUS = {"not_understood": 422, "identity": 422, "denied": 403, "sign_in_refused": 403}
REFUSED = 409
#: What a clinician may record of a patient at whom they may not look: to hold, to flag, to wish for a recheck (P4).
UNSEEN = frozenset({"RecordTherapy", "RecordFinding"})
#: What may be said to a reminder straight from its row.
SAID = ("Decide", "Acknowledge", "Snooze", "TakeOver", "HandOver", "ReportRule")
#: A position of an event is shorter; what is longer is none.
DIGITS = 15


class Banner(NamedTuple):
    """Who a page is about, as the banner of the patient's own page has it."""

    patient: Patient
    picture: Picture


class Sheet(NamedTuple):
    """A form that is filled in: whose, about what, and what was typed so far. `blind`: nothing of the case is shown."""

    visit: Visit
    picture: Picture
    turn: Turn
    offer: Offer
    typed: Mapping[str, str]
    known: dict[str, str] | None
    blind: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the patient's ward."""
        return ZoneInfo(self.picture.zone)

    @property
    def at(self) -> str:
        """The address of the form."""
        return act_at(self.picture.case, self.offer.command, **self.offer.fixed)


def act_at(case: str, command: str, **fixed: str) -> str:
    """The address of the form of a command about one thing of a case, such as one reminder with its subject."""
    return f"/case/{quote(case)}/do/{command}?about={key_of(command, fixed)}"


def acts_open(visit: Visit, case: str) -> tuple[tuple[str, str], ...]:
    """What the policy lets this visitor say to a reminder of a case: commands with their titles."""
    return tuple((each, TITLES[each]) for each in SAID if visit.lets(each, case))


def add_forms(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the pages of the forms of a case."""
    look = finder(reads)
    pages.environment.globals.update(act_at=act_at, acts_open=acts_open, leads=leads)

    @app.get("/case/{token}/do", response_class=HTMLResponse)
    def show_offers(token: str, visitor: Visitor, done: str = "") -> Response:
        """What this visitor may do on this case now, and what not, and why."""
        return listed(pages, reads, visitor, look(token, visitor, "case"), done=done)

    @app.get("/case/{token}/do/{command}", response_class=HTMLResponse)
    def show_form(
        token: str, command: str, visitor: Visitor, about: str = "", done: str = "", proposed: str = ""
    ) -> Response:
        """The form of a command about one thing, empty, or begun with what was `proposed`."""
        sheet = opened(reads, look, visitor, token, command, {})
        offer = find(visitor.door.house.engine, sheet.turn, command, about or key_of(command, {}))
        if offer is None or (sheet.blind and "act" in offer.fixed):
            return listed(
                pages, reads, visitor, sheet.picture, only=command, gone=bool(about), blind=sheet.blind, done=done
            )
        typed = {} if sheet.blind else begun(sheet.picture, proposed)
        return form_page(pages, sheet._replace(offer=judged(visitor, sheet.turn, offer), typed=typed))

    @app.post("/case/{token}/do/{command}", response_class=HTMLResponse)
    def act(token: str, command: str, visitor: Visitor, form: Checked) -> Response:
        """Check a form, carry it out, or go back to it."""
        sheet = opened(reads, look, visitor, token, command, form)
        found = find(visitor.door.house.engine, sheet.turn, command, sheet.offer.key) or sheet.offer
        sheet = sheet._replace(offer=judged(visitor, sheet.turn, found))
        if form.get("step") == "edit":
            return form_page(pages, sheet)
        try:
            return sent(pages, sheet, form)
        except (NotUnderstood, Denied, CommandReused, identity.WrongPatient) as error:
            refusal = Refusal(error.code, error.happened, (f"expected {error.expected}",), error.mend)
            return form_page(pages, sheet, refusal)


def opened(reads: Reads, look: Find, visitor: Visit, token: str, command: str, form: Mapping[str, str]) -> Sheet:
    """The form of a command that stands on the page of a case, for whoever may look at the case, or act unseen."""
    if command not in TITLES or command in ELSEWHERE:
        raise HTTPException(404)
    blind = (
        command in UNSEEN and reads.known(token) and not visitor.lets("case", token) and visitor.lets(command, token)
    )
    picture = reads.picture(token) if blind else look(token, visitor, "case")
    asked = reads.inquiry(token)
    if asked is None or picture is None:
        raise HTTPException(404)
    offer = Offer(command, TITLES[command], fixed_of(command, form))
    return Sheet(visitor, picture, asked.turn, offer, form, reads.identity(token), blind)


# --- a form that was sent --------------------------------------------------------------------------------------------


def sent(pages: Pages, sheet: Sheet, form: Mapping[str, str]) -> Response:
    """The answer to a form: its check, or where it leads once it is carried out. Raises what says why not."""
    visit, offer = sheet.visit, sheet.offer
    command = command_of(visit, sheet.turn, offer, form, sheet.turn.at)
    prove(sheet, form)
    second = signer(visit, form)
    if form.get("step") != "confirm":
        return check_page(pages, sheet, command, second)
    answer = visit.handle(command, second)
    if answer.refusal is not None:
        return form_page(pages, sheet, answer.refusal)
    told = f"?done={answer.positions[0]}" if answer.positions else ""
    unseen = f"/{offer.command}" if sheet.blind else ""
    return RedirectResponse(f"/case/{quote(answer.case)}/do{unseen}{told}", 303)


def prove(sheet: Sheet, form: Mapping[str, str]) -> None:
    """That the patient was told by two identifiers, where the act asks for them (P10). Raises WrongPatient."""
    if identity.identified(sheet.turn, sheet.offer):
        identity.prove(sheet.visit, sheet.picture.case, sheet.offer.command, sheet.known, form)


def signer(visit: Visit, form: Mapping[str, str]) -> SignedIn | None:
    """Who signs beside the visitor, proven; None where nobody is named. Raises Denied."""
    account = form.get("second", "").strip()
    return visit.signer(account, form.get("second_password", "")) if account else None


# --- pages -----------------------------------------------------------------------------------------------------------


def listed(
    pages: Pages,
    reads: Reads,
    visit: Visit,
    picture: Picture,
    *,
    only: str = "",
    done: str = "",
    gone: bool = False,
    blind: bool = False,
) -> Response:
    """What may be done on a case; `only` with one command. `done`: the event that was just written."""
    asked, case = reads.inquiry(picture.case), picture.case
    if asked is None:
        raise HTTPException(404)
    zone, at = ZoneInfo(picture.zone), int(done) if done.isdecimal() and len(done) < DIGITS else 0
    return pages.page(
        "forms.html",
        zone,
        visit=visit,
        case=case,
        sheet=Banner(patient(reads.identity(case), picture.origin, picture.at, zone), picture),
        blind=blind,
        groups=groups(visit, asked.turn, only, seen=not blind),
        only=TITLES.get(only, ""),
        gone=gone,
        written=written(visit, case, at, picture.zone) if at else (),
    )


def written(visit: Visit, case: str, position: int, zone: str) -> tuple[str, ...]:
    """What the command of an event wrote, for whoever may read it."""
    return done(visit.door.house, case, position, zone) if visit.lets("timeline", case) else ("It is written.",)


def form_page(pages: Pages, sheet: Sheet, refusal: Refusal | None = None) -> Response:
    """A form to be filled in; with `refusal`, why it was not taken, and everything that was typed into it."""
    visit, picture, typed, offer = sheet.visit, sheet.picture, sheet.typed, sheet.offer
    asks = identity.identified(sheet.turn, offer)
    # Refused by the case, the number stands for what was refused; a form that is mended is another command.
    kept = refusal is None or refusal.code in STATUS
    stale = refusal is not None and refusal.code == "seen_version"
    hidden = {
        "id": typed["id"] if kept and typed.get("id") else draw_id(),
        "seen_version": str(picture.clinical_version)
        if stale
        else typed.get("seen_version") or str(picture.clinical_version),
        "seen_position": str(picture.position) if stale else typed.get("seen_position") or str(picture.position),
        **{f"{FIXED}{name}": text for name, text in offer.fixed.items()},
    }
    return pages.page(
        "forms_form.html",
        sheet.zone,
        STATUS.get(refusal.code, REFUSED) if refusal else 200,
        visit=visit,
        case=picture.case,
        sheet=banner(sheet, asks=asks),
        blind=sheet.blind,
        offer=offer,
        at=sheet.at,
        note=NOTES.get(offer.command, ""),
        parts=parts(visit, sheet.turn, offer, typed),
        asks=identity.asked(sheet.known) if asks else (),
        compared=identity.compared(sheet.known),
        typed=typed,
        hidden=hidden,
        refusal=refusal,
        changes=changes(sheet) if stale else (),
    )


def check_page(pages: Pages, sheet: Sheet, command: AnyCommand, second: SignedIn | None) -> Response:
    """What would come of a form, to be confirmed or changed; the form itself where it would be refused."""
    visit, picture, offer = sheet.visit, sheet.picture, sheet.offer
    carried_on = carried(offer, command, sheet.typed)
    found = visit.rehearse(command, second)
    if found.answer.refusal is not None:
        return form_page(pages, sheet, found.answer.refusal)
    sections = () if sheet.blind else rehearsed(visit.door.house, found, command.id, picture.zone)
    return pages.page(
        "forms_check.html",
        sheet.zone,
        visit=visit,
        case=picture.case,
        sheet=banner(sheet, asks=identity.identified(sheet.turn, offer)),
        blind=sheet.blind,
        offer=offer,
        at=sheet.at,
        summary=summary(parts(visit, sheet.turn, offer, carried_on)),
        sections=sections,
        doubt=doubtful(visit.door.house, command),
        again=found.answer.repeated,
        carried=carried_on,
        signs="" if second is None else second.name,
        password=second is not None and second.authenticated == "password",
        uncompared=identity.identified(sheet.turn, offer) and not identity.compared(sheet.known),
        changes=changes(sheet) if isinstance(command, Report) else (),
    )


def banner(sheet: Sheet, *, asks: bool) -> Banner:
    """Whose form it is; without the identifiers that it asks for."""
    picture = sheet.picture
    who = patient(sheet.known, picture.origin, picture.at, sheet.zone)
    return Banner(identity.covered(who) if asks and identity.compared(sheet.known) else who, picture)


def changes(sheet: Sheet) -> tuple[str, ...]:
    """What was recorded since the form was opened, for whoever may read it."""
    seen, case = sheet.typed.get("seen_position", ""), sheet.picture.case
    if not seen.isdecimal() or len(seen) > DIGITS or not sheet.visit.lets("timeline", case):
        return ()
    return since(sheet.visit.door.house, case, int(seen), sheet.picture.zone)
