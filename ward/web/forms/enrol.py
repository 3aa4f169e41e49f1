"""Enrolling in a browser: who the patient is by two identifiers, where they lie, and on which pathway they begin.

What was before stands in no form of a browser: a patient in the middle of treatment comes by `wardpath enrol` from a
file, with every report at its own time.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal, NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pathway.case.commands import Enrol, Refusal
from pathway.definition.pathway import Pathway
from pathway.engine.errors import CommandReused
from ward.beds import beds
from ward.clock import draw_id
from ward.entry import refuse_long
from ward.errors import Denied, NotUnderstood
from ward.reading import HouseReads
from ward.web.forms.field import Field, Options, Part
from ward.web.forms.identity import ENOUGH, day_of, plain
from ward.web.forms.named import LABELS, spoken
from ward.web.forms.offers import by_of
from ward.web.forms.told import rehearsed
from ward.web.forms.when import said, shown
from ward.web.inbox.duty import wards_of
from ward.web.pages import Pages
from ward.web.patient import label_of
from ward.web.reads import Reads
from ward.web.visit import Checked, Visit, Visitor

HERE = "/enrol"
#: What tells a person; sex tells nobody. Each is kept under its name and shown in the banner.
IDENTIFIERS = ("family_name", "given_name", "born", "number", "nhs_number", "sex")
TELLING = frozenset(IDENTIFIERS) - {"sex"}
#: Letters of the token of a case; it is drawn from the number of the form, so that a form sent twice enrols once.
TOKEN = 12
#: Records compared for the same person; a ward has fewer.
COMPARED = 500
STATUS = {"not_understood": 422, "denied": 403}


class Site(NamedTuple):
    """Where and on what this visitor may enrol. `denied`: why they may not, in words."""

    pathways: tuple[Pathway, ...]
    wards: tuple[str, ...]
    zone: ZoneInfo
    denied: str


def add_enrol(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the form that begins a case."""
    del reads

    @app.get(HERE, response_class=HTMLResponse)
    def show_enrol(visitor: Visitor, ward: str = "", bed: str = "") -> Response:
        """The form, empty; `ward` and `bed` as the board has them."""
        return form_page(pages, visitor, {"ward": ward, "bed": bed})

    @app.post(HERE, response_class=HTMLResponse)
    def enrol(visitor: Visitor, form: Checked) -> Response:
        """Check the form, carry it out, or go back to it."""
        if form.get("step") == "edit":
            return form_page(pages, visitor, form)
        try:
            return sent(pages, visitor, form)
        except (NotUnderstood, Denied, CommandReused) as error:
            refusal = Refusal(error.code, error.happened, (f"expected {error.expected}",), error.mend)
            return form_page(pages, visitor, form, refusal)


def sent(pages: Pages, visit: Visit, form: Mapping[str, str]) -> Response:
    """The check of the form, or where it leads once it is carried out. Raises what says why not."""
    site = site_of(visit)
    command = command_of(visit, site, form)
    refuse_long(command)
    if form.get("step") == "confirm":
        answer = visit.handle(command)
        if answer.refusal is not None:
            return form_page(pages, visit, form, answer.refusal)
        return RedirectResponse(f"/case/{quote(answer.case)}", 303)
    found = visit.rehearse(command)
    if found.answer.refusal is not None:
        return form_page(pages, visit, form, found.answer.refusal)
    kept = {name: text for name, text in form.items() if name not in {"csrf", "step"}}
    return pages.page(
        "forms_enrol.html",
        site.zone,
        visit=visit,
        check=True,
        summary=summary(site, form),
        sections=rehearsed(visit.door.house, found, command.id, site.zone.key),
        alike=alike(visit, command),
        lies_there=lies_there(visit, command),
        carried=kept | {"presented_at": str(int(command.presented_at))},
        refusal=None,
        site=site,
        parts=(),
    )


def form_page(pages: Pages, visit: Visit, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response:
    """The form; with `refusal`, why it was not taken, and everything that was typed into it."""
    site = site_of(visit)
    kept = refusal is None or refusal.code in STATUS
    carried = {"id": (typed.get("id") if kept else "") or draw_id()}
    status = 200 if refusal is None else STATUS.get(refusal.code, 409)
    told: dict[str, Any] = {"carried": carried, "refusal": refusal, "site": site, "parts": parts(visit, site, typed)}
    return pages.page("forms_enrol.html", site.zone, status, visit=visit, check=False, **told)


def site_of(visit: Visit) -> Site:
    """Where and on what a visitor may enrol."""
    house = visit.door.house
    zone = ZoneInfo(house.store.property("zone") or house.engine.sites.duty().zone)
    begun = [each for each in house.pathways if each.form.screen is None]
    mine = tuple(each for each in begun if visit.role in each.form.enrol.by)
    wards, allowed = wards_of(visit), visit.may("Enrol")
    denied = ""
    if isinstance(allowed, Denied):
        denied = f"{allowed.happened}; needed: {allowed.expected}"
    elif not mine:
        roles = dict.fromkeys(role for each in begun for role in each.form.enrol.by)
        denied = f"a {spoken(visit.role)} enrols nobody; ask: {spoken(', '.join(roles))}"
    return Site(mine, wards, zone, denied)


def parts(visit: Visit, site: Site, typed: Mapping[str, str]) -> tuple[Part, ...]:
    """The fields of the form with what was typed."""
    known = beds(visit.door.house.store)
    ways: Options = tuple((each.name, each.form.title) for each in site.pathways)
    wards: Options = tuple((each, each) for each in site.wards)
    here = tuple(bed for ward in site.wards for bed in known.get(ward, ()))

    def field(name: str, label: str, kind: str = "text", first: str = "", **more: object) -> Field:
        text = typed.get(name) or first
        value = shown(text, site.zone) if kind == "time" else text
        return Field(name, label, kind, value, **more)  # type: ignore[arg-type]  # the fields of a Field, by their names

    who = tuple(
        field(
            name,
            "Date of birth" if name == "born" else label_of(name),
            hint="Such as 14-Jul-1981" if name == "born" else "",
        )
        for name in IDENTIFIERS
    )
    where = (
        field("pathway", "Pathway", "choice", ways[0][0] if len(ways) == 1 else "", options=ways, needed=True),
        field("ward", LABELS["ward"], "choice", wards[0][0] if len(wards) == 1 else "", options=wards, needed=True),
        field("bed", LABELS["bed"], needed=True, offers=tuple(dict.fromkeys(here))),
        field("presented_at", "When they came", "time", hint=f"{site.zone.key}, 24-hour clock; empty means now"),
        field("reason", LABELS["reason"], "area"),
    )
    note = "Two of these at least, from the wristband, and not both of them names where there is a number."
    return (Part("who", "Who is it? Two identifiers", who, note), Part("", "", where))


def summary(site: Site, form: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What was typed, label by label."""
    titles = {each.name: each.form.title for each in site.pathways}
    said_of = {name: form.get(name, "").strip() for name in (*IDENTIFIERS, "pathway", "ward", "bed", "reason")}
    said_of["pathway"] = titles.get(said_of["pathway"], said_of["pathway"])
    found = {"born": "Date of birth", "pathway": "Pathway", **LABELS}
    return tuple((found.get(name) or label_of(name), text) for name, text in said_of.items() if text)


# --- the command -----------------------------------------------------------------------------------------------------


def command_of(visit: Visit, site: Site, form: Mapping[str, str]) -> Enrol:
    """The enrolment that a form means. Raises NotUnderstood, which names the field and never what stood in it."""
    said_id, store, now = form.get("id", ""), visit.door.house.store, visit.door.house.clock.now()
    if not 0 < len(said_id) <= 100:
        raise NotUnderstood("the form has no number of its own", "the form of the page", "open the form again")
    for name, label in (("pathway", "Pathway"), ("ward", LABELS["ward"]), ("bed", LABELS["bed"])):
        if not form.get(name, "").strip():
            raise NotUnderstood(f"“{label}” is empty", "what the form asks for", "fill it in")
    origin: Literal["live", "invented"] = "live" if store.origin == "live" else "invented"
    return Enrol(
        id=said_id,
        by=by_of(visit),
        case=drawn("case", said_id),
        patient=drawn("patient", said_id),
        pathway=form["pathway"].strip(),
        ward=form["ward"].strip(),
        bed=form["bed"].strip(),
        identifiers=identifiers(form),
        presented_at=said(form.get("presented_at", ""), site.zone, now, "When they came") or now,
        zone=site.zone.key,
        origin=origin,
        reason=form.get("reason", "").strip(),
    )


def drawn(what: str, said_id: str) -> str:
    """A token that follows from the number of the form, and tells nothing."""
    return sha256(f"{what}/{said_id}".encode()).hexdigest()[:TOKEN]


def identifiers(form: Mapping[str, str]) -> dict[str, str]:
    """Who the patient is. Raises NotUnderstood for fewer than two that tell somebody, or a day that is none."""
    found = {name: form[name].strip() for name in IDENTIFIERS if form.get(name, "").strip()}
    if len(TELLING & found.keys()) < ENOUGH:
        raise NotUnderstood("the patient is not told by two identifiers", "two of those asked for", "type two of them")
    if "born" in found:
        day = day_of(found["born"])
        if day is None:
            raise NotUnderstood("“Date of birth” cannot be read", "a day such as 14-Jul-1981", "write it so")
        found["born"] = day.isoformat()
    return found


# --- what a check warns of -------------------------------------------------------------------------------------------


def alike(visit: Visit, command: Enrol) -> tuple[str, ...]:
    """The cases whose patient has a number of this one, as far as the visitor may see them: a person is enrolled once.

    They are told by their tokens.
    """
    reads = HouseReads(visit.door.house)
    mine = {plain(text) for name, text in command.identifiers.items() if "number" in name}
    seen = visit.seen("board", reads.heads())[:COMPARED] if mine and visit.lets("board") else ()
    found = []
    for head in seen:
        kept = reads.identity(head.case) or {}
        if head.case != command.case and mine & {
            plain(text) for name, text in kept.items() if "number" in name.lower()
        }:
            found.append(head.case)
    return tuple(found)


def lies_there(visit: Visit, command: Enrol) -> bool:
    """Whether somebody lies in that bed already."""
    heads = visit.door.house.engine.heads(command.ward)
    return any(each.bed == command.bed and each.case != command.case for each in heads)
