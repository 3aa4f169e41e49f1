"""Breaking glass in a browser: one patient of another ward, with a reason, for an hour."""

from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from pathway.case.envelope import By
from pathway.site.accounts.commands import BreakGlass
from ward.policy.judge import Allowed, judge
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Checked, Visit, Visitor, refuse_form

#: A reason is a sentence or two.
REASON_LIMIT = 500


def add_glass(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the breaking of glass."""

    @app.post("/case/{token}/glass")
    def break_glass(token: str, visitor: Visitor, form: Checked) -> Response:
        """Break glass for a case; whoever looks after the ward and the accounts hears of it at once."""
        reason = form.get("reason", "").strip()
        if not reason or len(reason) > REASON_LIMIT:
            refuse_form("there is no reason, or a very long one", f"say why, in up to {REASON_LIMIT} characters")
        if not reads.known(token):
            return pages.error(404)
        command = BreakGlass(
            id=form.get("id", ""), by=By(""), account=visitor.who.account, patient_case=token, reason=reason
        )
        answer = visitor.handle(command)
        # A second time within the hour is refused by this word, and the case is open then all the same.
        if answer.refusal is not None and answer.refusal.code != "broken":
            refuse_form(answer.refusal.message, answer.refusal.mend)
        return RedirectResponse(f"/case/{quote(token)}", 303)


def would_open(visitor: Visit, case: str) -> bool:
    """Whether broken glass would open the page of a case to this visitor, so that it is worth offering."""
    if not visitor.lets("BreakGlass"):
        return False
    found = judge(visitor.door.policy, visitor.who, visitor.role, "case", visitor.door.ward_of(case), glass=0)
    return isinstance(found, Allowed)


def case_of(request: Request) -> str:
    """The token of the case whose page was asked for; empty for any other page."""
    return str(request.path_params.get("token", "")) if request.url.path.startswith("/case/") else ""
