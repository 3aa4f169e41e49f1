"""Pages go out packed where the request began here, and as they are where others may have chosen words on them."""

import pytest
from starlette.testclient import TestClient

from ward.web.packing import ours


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_what_was_asked_for_from_here_or_by_hand_is_packed_and_says_the_same(client: TestClient, site: str):
    plain, packed = client.get("/about"), client.get("/about", headers={"Sec-Fetch-Site": site})
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    assert int(packed.headers["content-length"]) < len(packed.content) / 2
    assert packed.text == plain.text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {}])
def test_what_another_site_began_or_nobody_said_has_a_length_that_tells_nothing(
    client: TestClient, headers: dict[str, str]
):
    answer = client.get("/?ward=Beispiel", headers=headers)
    assert answer.status_code == 200
    assert "content-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize(
    "headers, packed",
    [
        ([(b"authorization", b"Bearer x")], True),
        ([(b"authorization", b"Bearer x"), (b"cookie", b"wardpath=y")], False),
        ([(b"cookie", b"wardpath=y")], False),
    ],
)
def test_a_program_that_proves_itself_by_a_header_alone_is_sent_packed_answers(
    headers: list[tuple[bytes, bytes]], packed: bool
):
    assert ours({"type": "http", "headers": headers}) is packed


def test_a_browser_that_cannot_unpack_is_sent_pages_as_they_are(client: TestClient):
    answer = client.get("/", headers={"Sec-Fetch-Site": "none", "Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
