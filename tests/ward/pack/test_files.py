"""The files of a pack: whole by their digests, checked without the product, safe in a spreadsheet, good on paper."""

import csv
import json
import subprocess
import sys
from hashlib import sha256
from io import BytesIO, StringIO
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import pytest

from pathway.case.envelope import FIRST_HASH, digest
from pathway.clinical.instant import Instant
from tests.case.ward import CASE, Ward, t
from tests.ward.pack.conftest import house_of
from ward.demonstration.people import invite
from ward.pack.content import content
from ward.pack.files import as_zip, files, name_of, write_folder
from ward.pack.paper import as_pdf
from ward.pack.picture import STRETCH, STRETCHES, pictures
from ward.web.moment import DAY
from ward.wiring import House

TABLES = (
    "standing",
    "decisions",
    "refusals",
    "corrections",
    "reminders",
    "reviews",
    "deviations",
    "looks",
    "glass",
    "proof",
)


@pytest.fixture
def found(house: House) -> dict[str, bytes]:
    return files(content(house, CASE))


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    """What the verifier of a pack says, run alone: it sees neither the product nor anything else that is installed."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "verify_export.py"], cwd=folder, capture_output=True, text=True, check=False
    )


# --- whole, and provable alone ---------------------------------------------------------------------------------------


def test_every_file_is_named_with_its_digest_and_there_are_no_others(found: dict[str, bytes]):
    said = json.loads(found["manifest.json"])
    assert said["files"] == {name: sha256(body).hexdigest() for name, body in found.items() if name != "manifest.json"}
    assert {f"{name}.csv" for name in (*TABLES, "events")} <= found.keys()


def test_a_definition_of_the_case_lies_beside_it_under_its_digest(found: dict[str, bytes], ward: Ward):
    assert found[f"definitions/{ward.case.bundle}.json"] == ward.store.bundle(ward.case.bundle)


def test_the_lines_are_the_events_as_stored_and_hang_together(found: dict[str, bytes], ward: Ward):
    previous = FIRST_HASH
    lines = [json.loads(line) for line in found["events.jsonl"].splitlines()]
    assert [each["canonical"].encode() for each in lines] == [each.canonical for each in ward.store.stream(CASE)]
    for each in lines:
        assert bytes.fromhex(each["previous"]) == previous
        assert digest(previous, each["canonical"].encode()) == bytes.fromhex(each["hash"])
        previous = bytes.fromhex(each["hash"])
    assert json.loads(found["manifest.json"])["head"] == previous.hex()


def test_the_pack_is_checked_on_a_machine_that_has_nothing_of_the_product(house: House, tmp_path: Path):
    write_folder(content(house, CASE), tmp_path)
    (folder,) = tmp_path.iterdir()
    done = checked(folder)
    assert (done.returncode, "nothing is wrong" in done.stdout) == (0, True), done.stderr


@pytest.mark.parametrize("damage, named", [("edited", 20), ("removed", 20), ("cut", 0)])
def test_the_check_names_the_event_that_somebody_changed(house: House, tmp_path: Path, damage: str, named: int):
    write_folder(content(house, CASE, 40), tmp_path)
    (folder,) = tmp_path.iterdir()
    file = folder / "events.jsonl"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    match damage:
        case "edited":
            lines[19] = lines[19].replace('recorded_at\\":17', 'recorded_at\\":16', 1)
        case "removed":
            del lines[19]
        case _:
            del lines[39]
    assert "".join(lines) != file.read_text("utf-8")
    file.write_text("".join(lines), "utf-8")
    done = checked(folder)
    assert done.returncode == 4
    assert (f"position {named}" if named else "does not end where its head says") in done.stdout


def test_an_archive_holds_the_same_files_without_a_day(house: House, tmp_path: Path):
    pack = content(house, CASE)
    with ZipFile(BytesIO(as_zip(pack))) as archive:
        assert archive.testzip() is None
        names = {each.filename.removeprefix(f"{name_of(pack)}/"): archive.read(each) for each in archive.infolist()}
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names == files(pack)
    written = write_folder(pack, tmp_path)
    assert {str(each.relative_to(tmp_path / name_of(pack))): each.read_bytes() for each in written} == names


# --- for spreadsheets ------------------------------------------------------------------------------------------------


def test_every_event_is_a_row_with_its_envelope(found: dict[str, bytes], ward: Ward):
    rows = list(csv.DictReader(StringIO(found["events.csv"].decode(), newline=""), strict=True))
    events = ward.engine.timeline(CASE)
    assert [int(row["position"]) for row in rows] == [each.position for each in events]
    for row, event in zip(rows, events, strict=True):
        assert (row["actor"], row["type"], row["command"]) == (event.by.actor, event.type, event.command)
        assert row["recorded_at"].endswith("Z")


def test_no_cell_of_any_table_is_a_formula(ward: Ward, house: House):
    ward.at("6 11:10").answer("M49", "cannot", reason='=HYPERLINK("http://x")')
    found = files(content(house, CASE))
    cells = [
        cell
        for name, body in found.items()
        if name.endswith(".csv")
        for row in csv.reader(StringIO(body.decode(), newline=""), strict=True)
        for cell in row
    ]
    assert '\'=HYPERLINK("http://x")' in cells
    assert [each for each in cells if each[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"}] == []


# --- on paper --------------------------------------------------------------------------------------------------------


def test_the_paper_is_archival_tagged_and_the_same_bytes_each_time(house: House):
    pack = content(house, CASE)
    first = as_pdf(pack, {"x": "0"})
    assert first.startswith(b"%PDF-")
    assert b"pdfaid" in first
    assert b"/MarkInfo" in first
    assert b"/StructTreeRoot" in first
    assert first == as_pdf(pack, {"x": "0"})


@pytest.mark.parametrize("reason", ['#panic("x") *_`$ "quoted" \\ end', "漢字 and 😀 and \u202e", "line\none more"])
def test_whatever_somebody_wrote_there_is_a_paper(ward: Ward, house: House, reason: str):
    ward.at("6 11:10").answer("M49", "cannot", reason=reason)
    assert files(content(house, CASE))["pack.pdf"].startswith(b"%PDF-")


def test_a_long_stay_is_drawn_in_stretches_that_follow_each_other_and_leave_nothing_out():
    ward = Ward()
    for day in range(2, 29, 4):
        ward.at(f"{day} 08:30").lab("fibrinogen", "160", f"{day} 08:00")
    ward.clock.set(Instant(t("1 09:00") + 120 * DAY))
    ward.engine.look(CASE)
    house = house_of(ward)
    pack = content(house, CASE)
    spans = list(dict.fromkeys(each.caption.partition(", ")[2] for each in pack.pictures))
    assert 1 < len(spans) <= STRETCHES
    assert all(a.partition(" to ")[2] == b.partition(" to ")[0] for a, b in pairwise(spans))
    assert STRETCH == 14 * DAY
    asked = house.engine.replayed(CASE, pack.cut.known, pack.cut.position)
    assert pictures(asked) == pack.pictures
    assert all('viewBox="0 0 960 ' in each.svg for each in pack.pictures)
    assert len({each.svg.partition('aria-labelledby="')[2][:12] for each in pack.pictures}) == len(pack.pictures)


def test_a_stay_of_an_hour_is_one_stretch(ward: Ward):
    fresh = Ward()
    invite(house := House(fresh.store, fresh.engine, fresh.clock, (fresh.pathway,), fresh.clock), "*")
    spans = {each.caption.partition(", ")[2] for each in content(house, CASE).pictures}
    assert len(spans) == 1
