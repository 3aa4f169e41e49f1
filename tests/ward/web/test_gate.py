"""The gate: this machine only, strict headers, nothing escapes in an error, nothing hostile runs."""

import re

import msgspec
import pytest
from starlette.testclient import TestClient

from pathway.case.picture import Flagged
from tests.ward.web.conftest import OWN_FORM, csrf, words
from tests.ward.web.samples import HOSTILE, NOW, Ward, entry, lab, picture, reminder, timeline
from ward.door import Door
from ward.people.signing_in import sign_in_invented
from ward.web.app import create_app
from ward.web.gate import from_our_page
from ward.web.visit import SIGN_IN

PAGES = ("/", "/case/k7a", "/case/k7a/replay", "/about", "/healthz", "/case/nobody", "/nowhere")


def at(ward: Ward, address: str) -> TestClient:
    """A browser at an address, with a sign-in that lives."""
    made = sign_in_invented(ward.house, "demo", "browser")
    assert made is not None
    browser = TestClient(create_app(ward, Door(ward.house)), base_url="http://localhost", client=(address, 50000))
    browser.cookies.set(SIGN_IN, made[0])
    return browser


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_strict_headers(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/case/k7a", "/case/k7a/replay", "/about", "/case/nobody"])
def test_no_page_needs_a_script_or_holds_one_inline(client, path):
    page = client.get(path).text
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", page) == []


def test_the_board_is_whole_without_scripts_and_reloads_itself(client):
    page = client.get("/").text
    assert f'<noscript><meta http-equiv="refresh" content="5;url=/?since={NOW}"></noscript>' in page
    assert "BEISPIEL, Anna (Ms)" in words(page)


@pytest.mark.parametrize("path", ["/", "/case/k7a", "/about"])
def test_no_page_calls_outside(client, path):
    addresses = re.findall(r'(?:src|href|action|content)="([^"]*)"', client.get(path).text)
    assert [each for each in addresses if "//" in each] == []


@pytest.mark.parametrize("host", ["192.0.2.7", "10.0.0.5", "::ffff:192.0.2.7", "2001:db8::1", "testclient", ""])
def test_a_client_elsewhere_is_refused(host):
    ward = Ward()
    browser = at(ward, host)
    for path in ("/case/k7a", "/sign-in", "/about"):
        answer = browser.get(path)
        assert answer.status_code == 403
        assert "BEISPIEL" not in answer.text
    assert ward.looks == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_a_client_on_this_machine_is_let_in(host):
    assert at(Ward(), host).get("/").status_code == 200


@pytest.mark.parametrize(
    "name", ["evil.example", "ward.hospital.example:8000", "localhost.evil.example", "192.0.2.7", "127.0.0.1@x"]
)
def test_another_name_than_this_machine_is_refused(client, name):
    assert client.get("/", headers={"Host": name}).status_code == 403


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST:8000", "127.0.0.1:9000", "[::1]:8000"])
def test_a_name_of_this_machine_is_let_in(client, name):
    assert client.get("/", headers={"Host": name}).status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_what_a_proxy_passes_on_is_refused(client, header):
    assert client.get("/", headers={header: "192.0.2.7"}).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/case/k7a"])
def test_a_page_that_shows_takes_nothing(client, method, path):
    assert client.request(method, path, headers=OWN_FORM).status_code == 405


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "https://127.0.0.1:8000"},
        {"Origin": "http://127.0.0.1:9000"},
        {"Authorization": "Bearer wp_x_y"},
    ],
    ids=str,
)
def test_a_form_that_another_page_sends_is_refused_before_it_is_read(client, said):
    word = csrf(client.get("/account").text)
    assert client.post("/sign-out", data={"csrf": word}, headers=said).status_code == 403
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("said", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://127.0.0.1:8000"}], ids=str)
def test_a_form_of_our_own_page_is_taken_from_new_browsers_and_from_old_ones(client, said):
    word = csrf(client.get("/account").text)
    assert client.post("/sign-out", data={"csrf": word}, headers=said).status_code == 303


def test_a_program_that_holds_no_cookie_need_not_say_where_it_comes_from():
    scope = {"type": "http", "method": "POST", "scheme": "http", "headers": [(b"authorization", b"Bearer wp_x_y")]}
    assert from_our_page(scope)
    assert not from_our_page({**scope, "headers": [*scope["headers"], (b"cookie", b"wardpath=ws_x")]})


def hostile() -> Ward:
    """A ward whose every text tries to break out."""
    bad = picture(
        bed=HOSTILE,
        ward=HOSTILE,
        labs=(lab(shown=HOSTILE, why=HOSTILE, questions=(HOSTILE,)),),
        reminders=(reminder(title=HOSTILE, text=HOSTILE, why=HOSTILE, source=(HOSTILE,)),),
        flagged=(Flagged("review", HOSTILE, HOSTILE, NOW, open=True),),
        due_line=HOSTILE,
        rows={HOSTILE: HOSTILE},
    )
    ward = Ward(bad)
    ward.identities["k7a"] = {"family_name": HOSTILE, "given_name": '"><script>x</script>', "mrn": "'><b>"}
    ward.events = [entry(each.event, HOSTILE) for each in timeline()]
    return ward


@pytest.mark.parametrize("path", ["/", "/case/k7a", "/case/k7a/replay"])
def test_hostile_names_and_texts_are_escaped_everywhere(browse, path):
    page = browse(hostile()).get(path).text
    assert "<img" not in page.lower()
    assert "<script>" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page.lower()


def test_no_patient_name_or_number_stands_in_an_address(client):
    for path in ("/", "/case/k7a", "/case/k7a/replay"):
        addresses = " ".join(re.findall(r'(?:src|href|action|id)="([^"]*)"', client.get(path).text)).lower()
        for secret in ("beispiel", "anna", "9990001234", "999 000 1234", "inv-4471", "1981"):
            assert secret not in addresses


def test_a_page_that_breaks_says_nothing_of_the_patient_and_keeps_its_headers(browse, capsys):
    ward = Ward()
    ward.timeline = lambda *_: {}["BEISPIEL, Anna"]
    answer = browse(ward).get("/case/k7a")
    assert answer.status_code == 500
    assert "BEISPIEL" not in answer.text
    assert "KeyError" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"]
    logged = capsys.readouterr()
    assert "KeyError" in logged.out + logged.err
    assert "BEISPIEL" not in logged.out + logged.err


def test_a_broken_store_still_gives_an_error_page(browse):
    ward = Ward()

    def fail() -> None:
        raise OSError("disk of BEISPIEL")

    browser = browse(ward)
    ward.store_facts = fail
    answer = browser.get("/about")
    assert answer.status_code == 500
    assert "Not clinically approved" in words(answer.text)


@pytest.mark.parametrize(
    "path", ["/docs", "/redoc", "/openapi.json", "/static/../app.py", "/static/app.py", "/static/"]
)
def test_nothing_else_is_served(client, path):
    assert client.get(path).status_code == 404


def test_a_token_is_not_looked_up_when_it_is_too_long(browse):
    ward = Ward(msgspec.structs.replace(picture(), case="x" * 101))
    assert browse(ward).get("/case/" + "x" * 101).status_code == 404


def test_static_files_are_addressed_by_what_they_contain(client):
    page = client.get("/").text
    for address in re.findall(r'"(/static/[^"]*)"', page):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-security-policy"]
    assert client.get("/static/ward.css?v=0").headers["cache-control"] == "no-store"
