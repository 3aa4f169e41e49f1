"""Downtime sheets: each ward on paper, to be opened or printed now, and the end of a downtime."""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from ward.paper.folder import file_name
from ward.paper.page import as_page
from ward.paper.print import as_pdf
from ward.paper.sheet import Sheet, sheets
from ward.reconcile import complete, downtimes
from ward.web.admin.apart import linked, styles_of
from ward.web.admin.office import Office, Told, attempt
from ward.web.admin.site import Site
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Checked, Visit, Visitor

AT = "/admin/sheets"
STYLE = f"{AT}/sheet.css"


def add_sheets(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the list of the sheets, each sheet, and the reconciling."""
    del reads
    office = Office(app, pages)
    style = styles_of(as_page(Sheet("", "", False, "", "UTC", "", "", (), ())))

    def shown(visitor: Visit, told: Told | None = None, done: str = "") -> Response:
        visitor.look("paper")
        late = {each.ward: each for each in downtimes(office.house.store) if each.open}
        wards = [each for each in dict.fromkeys((*known(office), *late)) if visitor.sees("paper", each)]
        rows = [(each, late.get(each), office.may(visitor, "Reconcile", each)) for each in sorted(wards)]
        return office.show("sheets.html", visitor, told, done, rows=rows)

    @app.get(AT, response_class=HTMLResponse)
    def show_sheets(visitor: Visitor, done: str = "") -> Response:
        """The wards of which this visitor may take a sheet."""
        return shown(visitor, None, "The ward is no longer reconciling." if done else "")

    @app.get(STYLE)
    def show_style() -> Response:
        """The style of every sheet."""
        return Response(style, media_type="text/css")

    @app.get(f"{AT}/{{ward:path}}/sheet", response_class=HTMLResponse)
    def show_sheet(ward: str, visitor: Visitor) -> Response:
        """The sheet of a ward as it is now."""
        found = sheet_of(office.site, visitor, ward)
        return pages.error(404) if found is None else HTMLResponse(linked(as_page(found), STYLE))

    @app.get(f"{AT}/{{ward:path}}/pdf")
    def show_pdf(ward: str, visitor: Visitor) -> Response:
        """The sheet of a ward as PDF/A."""
        found = sheet_of(office.site, visitor, ward)
        if found is None:
            return pages.error(404)
        headers = {"Content-Disposition": f'inline; filename="{file_name(found)}.pdf"'}
        return Response(as_pdf(found), media_type="application/pdf", headers=headers)

    @app.post(f"{AT}/{{ward:path}}/reconciled")
    def reconciled(ward: str, visitor: Visitor, form: Checked) -> Response:
        """Say that all entries of a downtime are made on a ward."""
        del form

        def again(told: Told) -> Response:
            return shown(visitor, told)

        def do() -> None:
            role = office.allowed(visitor, "Reconcile", ward)
            complete(office.house.store, office.house.clock, ward, by=visitor.who.account, role=role)

        return attempt(do, again, f"{AT}?done=reconciled")


def sheet_of(site: Site, visitor: Visit, ward: str) -> Sheet | None:
    """The sheet of a ward, looked at; None where there is none for this visitor. Raises Denied."""
    visitor.look("paper")
    if not visitor.sees("paper", ward):
        return None
    found = sheets(visitor.door.house, site.named, frozenset({ward}))
    for each in found:
        visitor.look("paper", each.cases)
    return found[0] if found else None


def known(office: Office) -> list[str]:
    """The wards that have or had a case."""
    return [ward for each in office.house.engine.heads(closed=True) if (ward := office.door.ward(each))]
