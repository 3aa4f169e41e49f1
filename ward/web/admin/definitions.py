"""Definitions: how they stand, approving and withdrawing them with two signatures, and their books."""

from functools import lru_cache
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from pathway.definition.pathway import Pathway
from pathway.engine.errors import WardpathError
from pathway.site.commands import ApproveDefinition, WithdrawDefinition
from pathway.site.decide import signing_roles
from ward.book import as_page, chapters
from ward.book.tags import shipped_sources, tags
from ward.errors import NotUnderstood
from ward.listed import stands, to_move, versions
from ward.migration import migrations
from ward.people.administer import UNSAID
from ward.people.person import SignedIn
from ward.web.admin.apart import linked, styles_of
from ward.web.admin.office import Office, Told, id_of, told_of
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Checked, Visit, Visitor

AT = "/admin/definitions"
SAID = {"approve": "The definition is approved, by two.", "withdraw": "The definition is withdrawn, by two."}
#: Books that are kept ready: there are a handful of definitions, and each is written in a second.
BOOKS = 8


def add_definitions(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the list of definitions, their signatures and their books."""
    del reads
    office = Office(app, pages)

    @lru_cache(maxsize=BOOKS)
    def book(digest: str) -> str:
        return book_of(office.house.pathway(digest))

    def known(digest: str) -> Pathway | None:
        return next((each for each in versions(office.house) if each.digest == digest), None)

    def shown(visitor: Visit, told: Told | None = None, done: str = "") -> Response:
        visitor.look("definitions")
        return office.show("definitions.html", visitor, told, done, **about(office, visitor))

    @app.get(AT, response_class=HTMLResponse)
    def show_definitions(visitor: Visitor, done: str = "") -> Response:
        """How each definition stands: signed for, withdrawn, and how many open cases go by it."""
        return shown(visitor, None, SAID.get(done, ""))

    @app.post(f"{AT}/{{digest}}/{{act}}")
    def sign(digest: str, act: str, visitor: Visitor, form: Checked) -> Response:
        """Approve or withdraw a definition; the second signer proves themselves here and now."""

        def again(told: Told) -> Response:
            return shown(visitor, told)

        def second() -> SignedIn | None:
            named = form.get("second", "").strip()
            return visitor.signer(named, form.get("password", "")) if named else None

        try:
            command = command_of(act, digest, form)
        except WardpathError as error:
            return again(told_of(error))
        return office.say(visitor, command, again, f"{AT}?done={act}", second)

    @app.get(f"{AT}/{{digest}}/book", response_class=HTMLResponse)
    def show_book(digest: str, visitor: Visitor) -> Response:
        """The book of a definition: every rule in words, with its source."""
        visitor.look("definitions")
        pathway = known(digest)
        return pages.error(404) if pathway is None else HTMLResponse(linked(book(digest), f"{AT}/{digest}/book.css"))

    @app.get(f"{AT}/{{digest}}/book.css")
    def style(digest: str, visitor: Visitor) -> Response:
        """The style of a book: a page of this server may hold none of its own."""
        del visitor
        pathway = known(digest)
        return pages.error(404) if pathway is None else Response(styles_of(book(digest)), media_type="text/css")


def about(office: Office, visitor: Visit) -> dict[str, Any]:
    """Everything that the list shows: of cases that must move, those that this visitor may read in a list."""
    heads, state = office.house.engine.heads(), office.house.engine.sites.definitions()
    seen = {each.case for each in visitor.seen("cases", heads)} if office.lets(visitor, "cases") else set()
    owed = [each for each in migrations(office.house, heads) if each.head.case in seen]
    if owed:
        visitor.look("cases", [each.head.case for each in owed])
    return {
        "rows": [(each, stands(office.house, each, heads), signing_roles(each)) for each in versions(office.house)],
        "approved": state.approved,
        "withdrawn": state.withdrawn,
        "owed": [to_move(office.house, each) for each in owed],
        "may": {act: office.may(visitor, act) for act in ("ApproveDefinition", "WithdrawDefinition")},
        "invented": office.house.store.origin == "demonstration",
    }


def book_of(pathway: Pathway) -> str:
    """The book of a definition as HTML."""
    return as_page(pathway, chapters(pathway), tags(shipped_sources(pathway)))


def command_of(act: str, digest: str, form: dict[str, str]) -> ApproveDefinition | WithdrawDefinition:
    """The command of a form. Raises NotUnderstood."""
    said, second = id_of(form), form.get("second", "").strip()
    if act == "approve":
        return ApproveDefinition(id=said, by=UNSAID, digest=digest, second=second)
    if act == "withdraw":
        reason, within = form.get("reason", "").strip(), form.get("within", "").strip()
        return WithdrawDefinition(
            id=said, by=UNSAID, digest=digest, reason=reason, migrate_within=within, second=second
        )
    raise NotUnderstood("the form asks for nothing that is known here", "a button of the page", "press one of them")
