"""What the console and the file promise beyond the contract of every channel."""

from io import BytesIO, StringIO, TextIOWrapper

import msgspec
import pytest

from scheduler.channels import ChannelFailed
from scheduler.channels.console import KEYS_REMEMBERED, Console
from scheduler.channels.file import File
from tests.scheduler.scene import notice

# --- the console -----------------------------------------------------------------------------------------------------


def test_the_console_line_reads_as_this_page_says():
    stream = StringIO()
    console = Console(stream)
    console.send(notice("n", late=True), 1)
    console.send(notice("n", late=True), 2)
    console.send(notice("m", severity=2, kind="stand_down", channel="inbox", text="no longer needed"), 1)
    first = (
        "2026-03-05T02:10:00Z | CRITICAL rung | page to haematologist_on_call | ward H3 | case case-1"
        " | CRITICAL, drug: see the case LATE"
    )
    second = (
        "2026-03-05T02:10:00Z | severity 2 stand_down | inbox to haematologist_on_call | ward H3 | case case-1"
        " | no longer needed"
    )
    assert stream.getvalue().splitlines() == [
        first,
        first + " (again)",
        second,
    ]


def test_the_console_names_who_of_the_role_is_on_duty():
    stream = StringIO()
    Console(stream).send(notice("n", accounts=("dr.greta", "dr.hugo")), 1)
    assert "page to haematologist_on_call (dr.greta, dr.hugo) | ward H3" in stream.getvalue()


def test_the_console_writes_what_an_ascii_terminal_cannot_show_as_escapes():
    raw = BytesIO()
    stream = TextIOWrapper(raw, encoding="ascii")
    Console(stream).send(notice("n", ward="Häma"), 1)
    assert b"ward H\\xe4ma" in raw.getvalue()


def test_the_console_fails_on_a_closed_stream():
    stream = StringIO()
    stream.close()
    with pytest.raises(ChannelFailed):
        Console(stream).send(notice("n"), 1)


def test_the_console_forgets_the_oldest_keys_beyond_its_limit():
    stream = StringIO()
    console = Console(stream)
    for number in range(KEYS_REMEMBERED + 1):
        console.send(notice(f"n{number}"), 1)
    console.send(notice("n0"), 2)
    console.send(notice(f"n{KEYS_REMEMBERED}"), 2)
    assert [line.endswith("(again)") for line in stream.getvalue().splitlines()[-2:]] == [False, True]


# --- the file --------------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path):
    return tmp_path / "notices.jsonl"


def keys(path):
    """The keys of the lines that can be read, and the number of those that cannot."""
    found, torn = [], 0
    for line in path.read_bytes().splitlines():
        try:
            found.append(msgspec.json.decode(line)["key"])
        except msgspec.DecodeError:
            torn += 1
    return found, torn


def test_the_file_holds_the_whole_notice_and_the_attempt(path):
    File(path).send(notice("n", late=True), 3)
    kept = msgspec.json.decode(path.read_bytes())
    assert kept.pop("attempt") == 3
    assert msgspec.convert(kept, type(notice("n"))) == notice("n", late=True)


def test_a_key_stands_on_one_line_also_after_a_restart(path):
    File(path).send(notice("n"), 1)
    again = File(path)
    again.send(notice("n"), 2)
    again.send(notice("m"), 1)
    assert keys(path) == (["n", "m"], 0)


def test_two_processes_that_hold_the_file_open_write_a_key_once(path):
    first, second = File(path), File(path)
    first.send(notice("n"), 1)
    second.send(notice("n"), 2)
    second.send(notice("m"), 1)
    first.send(notice("m"), 2)
    assert keys(path) == (["n", "m"], 0)


@pytest.mark.faults
def test_a_last_line_torn_at_any_byte_loses_no_other_and_its_notice_is_written_again(path):
    File(path).send(notice("whole"), 1)
    whole = path.read_bytes()
    File(path).send(notice("torn"), 1)
    both = path.read_bytes()
    for end in range(len(whole) + 1, len(both)):
        path.write_bytes(both[:end])
        file = File(path)
        file.send(notice("torn"), 2)
        file.send(notice("after"), 1)
        complete = end == len(both) - 1
        assert keys(path) == (["whole", "torn", "after"], 0 if complete else 1), end


def test_a_line_that_is_no_notice_is_left_alone(path):
    path.write_bytes(b'{"key": 7}\n\xff\xfe\n\n')
    File(path).send(notice("n"), 1)
    assert path.read_bytes().startswith(b'{"key": 7}\n\xff\xfe\n\n{')


def test_a_file_moved_away_begins_anew_with_its_keys(path):
    file = File(path)
    file.send(notice("n"), 1)
    path.rename(path.with_name("yesterday.jsonl"))
    file.send(notice("n"), 2)
    assert keys(path) == (["n"], 0)


def test_a_longer_file_put_in_its_place_is_read_from_its_beginning(path):
    file = File(path)
    file.send(notice("n"), 1)
    other = File(path.with_name("other.jsonl"))
    for key in ("a", "b", "c"):
        other.send(notice(key), 1)
    path.with_name("other.jsonl").replace(path)
    for key in ("a", "b", "c", "n"):
        file.send(notice(key), 2)
    assert keys(path) == (["a", "b", "c", "n"], 0)


def test_a_path_that_cannot_be_read_is_told_on_opening(tmp_path):
    with pytest.raises(ChannelFailed):
        File(tmp_path)
