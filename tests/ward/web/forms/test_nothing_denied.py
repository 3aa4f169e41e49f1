"""Nothing on a page is refused by the policy: whoever follows every link and sends every form is denied nothing."""

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from starlette.testclient import TestClient

from tests.ward.web.conftest import ADDRESS, OWN_FORM, browser_of, sign_in
from ward.door import Door
from ward.people.signing_in import demonstrated
from ward.policy.judge import Allowed
from ward.reading import HouseReads
from ward.wiring import House

HERE = "Haematology 4"
STANDS = (
    ("nurse.anna", "nurse", HERE),
    ("charge.dora", "charge_nurse", HERE),
    ("physician.emil", "physician", HERE),
    ("haematologist.greta", "haematologist", HERE),
    ("consultant.ida", "consultant", "*"),
    ("pharmacist.kim", "pharmacist", HERE),
    ("transplant.lou", "transplant_coordinator", HERE),
    ("laboratory.mia", "laboratory", "*"),
    ("duty.nils", "duty_manager", "*"),
    ("admin", "administrator", "*"),
    ("auditor", "auditor", "*"),
    ("demo", "physician", "*"),
)
#: Whoever sees most of the pages is followed in every run, the others with `-m slow`.
ALWAYS, SLOW = ("nurse", "charge_nurse", "physician", "administrator", "auditor"), pytest.mark.slow
#: Of many alike these are followed: a patient with everything open, one who has left, and somebody else's account.
FOLLOWED = re.compile(r"/case/(?!demo-(03|23)\b)|/admin/people/(?!nurse\.cleo|lab\.feed)")
#: These end one's own sign-in, or go on in another role; and what is checked over the whole store takes its time.
LEFT_OUT = re.compile(r"/sign-out|/sign-in|/account/|/audit/redecide\?|/audit/xes/|/pack|/export|/static/")
#: Pages of one kind that are looked at: an address without its tokens, numbers and answers is one kind.
ALIKE = 1
COMMAND = re.compile(r"/case/([^/]+)/do/([A-Za-z]+)")
TOKEN = re.compile(r"demo-\d+|[0-9a-f]{12,}|\b\d+\b")


class Page(HTMLParser):
    """The links and forms of a page, as a browser has them; a form with what is in it, once for each of its buttons."""

    def __init__(self, at: str, text: str) -> None:
        super().__init__()
        self.at = at
        self.links: list[str] = []
        self.sent: list[tuple[str, dict[str, str]]] = []
        self._form: tuple[str, dict[str, str]] | None = None
        self._choice = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what can be followed or sent."""
        said = {name: value or "" for name, value in attrs}
        name, value = said.get("name", ""), said.get("value", "")
        if tag == "a" and (to := said.get("href", "#")) and not to.startswith("#"):
            self.links.append(urljoin(ADDRESS + self.at, to).removeprefix(ADDRESS))
        elif tag == "form" and said.get("method", "get").lower() == "post":
            self._form = (urljoin(ADDRESS + self.at, said.get("action", "")).removeprefix(ADDRESS), {})
        elif self._form is None:
            return
        elif tag == "button":
            to = urljoin(ADDRESS + self.at, said["formaction"]).removeprefix(ADDRESS) if "formaction" in said else ""
            self.sent.append((to or self._form[0], {**self._form[1], **({name: value} if name else {})}))
        elif tag == "input" and name and (said.get("type") not in {"checkbox", "radio"} or "checked" in said):
            self._form[1][name] = value
        elif tag == "select":
            self._choice = name
        elif tag == "option" and self._choice and ("selected" in said or self._choice not in self._form[1]):
            self._form[1][self._choice] = value
        elif tag == "textarea":
            self._form[1][name] = ""

    def handle_endtag(self, tag: str) -> None:
        """Note where a form ends, or a choice."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._choice = ""


def kind_of(address: str) -> str:
    """What pages of one kind have in common."""
    parts = urlsplit(address)
    return (
        TOKEN.sub("*", parts.path) + "?" + ",".join(sorted(each.partition("=")[0] for each in parts.query.split("&")))
    )


def pages(browser: TestClient) -> Iterator[tuple[Page, int]]:
    """Every kind of page that leads on from the first one, with its status."""
    todo, seen, kinds = ["/"], {"/"}, Counter[str]()
    while todo:
        at = todo.pop(0)
        answer = browser.get(at, headers=OWN_FORM)
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        page = Page(at, answer.text if is_page else "")
        if answer.is_redirect:
            page.links.append(urljoin(ADDRESS + at, answer.headers["location"]).removeprefix(ADDRESS))
        yield page, answer.status_code
        for each in page.links:
            to, kind = each.partition("#")[0], kind_of(each.partition("#")[0])
            if to not in seen and kinds[kind] < ALIKE and not FOLLOWED.search(to) and not LEFT_OUT.search(to):
                seen.add(to)
                kinds[kind] += 1
                todo.append(to)


@pytest.mark.parametrize(
    "account, role, ward",
    [
        pytest.param(*each, id="several" if each == STANDS[-1] else each[1], marks=() if each[1] in ALWAYS else SLOW)
        for each in STANDS
    ],
)
def test_whoever_follows_every_link_and_sends_every_form_is_denied_nothing(
    house: House, account: str, role: str, ward: str
):
    browser = sign_in(browser_of(HouseReads(house), house), account, role, ward)
    forms: dict[str, tuple[str, dict[str, str]]] = {}
    followed = 0
    for page, status in pages(browser):
        assert status < 400, (status, page.at)
        followed += 1
        for to, fields in page.sent:
            buttons = ",".join(f"{name}={fields[name]}" for name in ("step", "act", "do") if name in fields)
            forms.setdefault(f"{kind_of(to)} {buttons}", (to, fields))
    assert followed > 10
    door, who = Door(house), demonstrated(house, account)
    assert who is not None
    for to, fields in forms.values():
        if found := COMMAND.match(to):
            # Sent without what has to be typed it would come back before anybody asked the policy.
            assert isinstance(door.may(who, role, found[2], door.ward_of(found[1]), found[1]), Allowed), to
        if not LEFT_OUT.search(to):
            answer = browser.post(to, data=fields, headers=OWN_FORM)
            assert answer.status_code < 500, to
            assert answer.status_code != 403, (to, answer.text)
    denied = [each for each in house.store.accesses(actor=account, limit=5000) if each.outcome == "denied"]
    assert denied == []
