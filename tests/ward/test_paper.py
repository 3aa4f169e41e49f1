"""Downtime sheets: what is on them, how they are named and replaced; and a ward that reconciles after a downtime."""

import json
import re
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from pathway.clinical.instant import SECOND
from pathway.engine.ports import Change, Store
from tests.scheduler.scene import notice
from tests.ward.cli.conftest import Run, demonstration, opened_once, wardpath
from tests.ward.test_watchdog import Ward, alarms
from ward.demonstration.people import invite
from ward.doctor import examine
from ward.errors import NotFound, NotUnderstood
from ward.logs import log_to
from ward.paper.folder import file_name, keep_writing, write_sheets
from ward.paper.page import as_page
from ward.paper.print import as_pdf
from ward.paper.sheet import VALID_US, Sheet, sheets
from ward.place import Place
from ward.reading import HouseReads
from ward.reconcile import DOWNTIME_US, HOLD_US, began_again, complete, downtimes, reconciling
from ward.record import check_record
from ward.watchdog.auditor import Auditor
from ward.web.moment import moment_text
from ward.wiring import House, house, open_house

__all__ = ["demonstration", "opened_once", "wardpath"]


@pytest.fixture
def made(demonstration: Path):
    opened = open_house(demonstration)
    yield opened
    opened.close()


@pytest.fixture
def ward(tmp_path: Path):
    made = Ward(tmp_path / "ward.db")
    made.enrol()
    made.tick()
    yield made
    made.store.close()


def put(store: Store, key: str, severity: int) -> None:
    """Let the case of ward W owe one more notice."""
    with store.write("c1") as unit:
        head = unit.head()
        assert head is not None
        unit.append(Change(head, notices=(notice(key, case="c1", ward="W", severity=severity, reminders=()),)))


def states(store: Store) -> dict[str, str]:
    """The state of what `put` put there."""
    return {each.key: state for each, state in store.notices("c1") if each.key in ("grave", "mild")}


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<body") :]))


def only(found: list[Sheet]) -> Sheet:
    (sheet,) = found
    return sheet


# --- what is on a sheet ----------------------------------------------------------------------------------------------


def test_a_sheet_says_that_it_is_not_live_as_of_when_and_until_when(made: House):
    sheet = only(sheets(made, "token"))
    page = plain(as_page(sheet))
    assert "NOT LIVE" in page
    assert f"As of {sheet.as_of}, valid until {sheet.until}" in page
    assert VALID_US == 3600 * SECOND
    assert "DEMONSTRATION" in page
    assert "Not clinically approved" in page


def test_every_open_bed_has_one_row_in_the_order_of_its_number(made: House):
    sheet = only(sheets(made, "token"))
    heads = HouseReads(made).heads()
    assert sorted(row.token for row in sheet.rows) == sorted(head.case for head in heads)
    beds = [int(row.bed) for row in sheet.rows if row.bed.isdecimal()]
    assert beds == sorted(beds)
    assert as_page(sheet).count("<tr>") == len(sheet.rows) + 1


def test_a_row_has_exposures_values_with_their_time_and_lines_what_is_due_and_the_phase(made: House):
    rows = {row.token: row for row in only(sheets(made, "token")).rows}
    row = rows["demo-03"]
    assert any(each.startswith("tretinoin: Running") for each in row.drugs)
    assert "arsenic trioxide" in row.never
    page = plain(as_page(only(sheets(made, "token"))))
    assert re.search(r"Fibrinogen: \d+ mg/dL, [a-z ]+, collected \d\d-\w{3}-\d{4} \d\d:\d\d; target 150 mg/dL", page)
    assert row.due
    assert row.stages


def test_open_criticals_are_on_the_sheet_before_anything_else(made: House):
    found = [each for row in only(sheets(made, "token")).rows for each in row.criticals]
    picture = [
        each for head in HouseReads(made).heads() for each in made.engine.picture(head.case).reminders if each.critical
    ]
    assert sum(len(each.reminders) for each in found) == len(picture)


def test_a_sheet_names_people_by_token_unless_the_site_says_names(made: House):
    names = [HouseReads(made).identity(head.case) or {} for head in HouseReads(made).heads()]
    words = {value for each in names for value in each.values() if len(value) > 6}
    assert words
    page = as_page(only(sheets(made, "token")))
    assert [word for word in words if word in page] == []
    named = as_page(only(sheets(made, "name")))
    assert any(word in named for word in words)


def test_a_case_that_cannot_be_read_keeps_its_row_and_says_so(ward: Ward):
    ward.enrol("c2")
    ward.tamper("DROP TRIGGER event_no_update", "UPDATE event SET canonical = x'7b7d' WHERE \"case\" = 'c2'")
    sheet = only(sheets(house(ward.store, ward.clock), "token"))
    broken = {row.token: bool(row.broken) for row in sheet.rows}
    assert broken == {"c1": False, "c2": True}
    assert "This case cannot be shown" in as_page(sheet)
    assert as_pdf(sheet).startswith(b"%PDF")


def test_the_same_sheet_gives_the_same_pdf_tagged_for_archives(made: House):
    sheet = only(sheets(made, "token"))
    first = as_pdf(sheet)
    assert first == as_pdf(sheet)
    assert b"/MarkInfo" in first
    assert b"pdfaid" in first


# --- the folder ------------------------------------------------------------------------------------------------------


def test_each_ward_has_a_page_and_a_pdf_and_nothing_half_written_is_left(made: House, tmp_path: Path):
    written = write_sheets(made, tmp_path / "paper", "token")
    assert sorted(each.suffix for each in written) == [".html", ".pdf"]
    assert sorted((tmp_path / "paper").iterdir()) == sorted(written)
    before = [path.stat().st_ino for path in written]
    write_sheets(made, tmp_path / "paper", "token")
    assert [path.stat().st_ino for path in written] != before
    assert sorted((tmp_path / "paper").iterdir()) == sorted(written)


def test_wards_whose_names_no_file_can_have_get_different_files(made: House):
    sheet = only(sheets(made, "token"))
    names = {file_name(replace(sheet, ward=ward)) for ward in ("4/B", "4 B", "4_B", "../x")}
    assert len(names) == 4
    assert all(re.fullmatch(r"[\w-]+", name) for name in names)


def test_printing_is_in_the_access_log(ward: Ward, tmp_path: Path):
    write_sheets(ward.made, tmp_path / "paper", "token")
    with ward.store._reading() as raw:
        logged = raw.execute("SELECT what, cases FROM access_log").fetchall()
    assert [(what, json.loads(cases)) for what, cases in logged] == [("downtime sheet", ["c1"])]


def test_a_folder_that_cannot_be_written_is_tried_again_and_does_not_end_the_writing(ward: Ward, tmp_path: Path):
    log_to()
    blocked = tmp_path / "paper"
    blocked.write_text("a file where the folder was to be")
    waits: list[float] = []

    class Stopping(Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0.0)
            if len(waits) == 2:
                blocked.unlink()
            return len(waits) > 2

    keep_writing(ward.made, blocked, "token", Stopping())
    assert waits[:2] == [0.0, 60.0]
    assert waits[2] > 1700
    assert len(list(blocked.iterdir())) == 2


def test_the_command_writes_them_now(wardpath: Run, demonstration: Path, tmp_path: Path):
    result = wardpath("paper", "--to", tmp_path / "p", "--db", demonstration, "--json")
    assert result.exit_code == 0, result.stderr
    assert sorted(json.loads(result.stdout)["written"]) == sorted(str(each) for each in (tmp_path / "p").iterdir())


# --- reconciling -----------------------------------------------------------------------------------------------------


def test_a_restart_within_minutes_is_no_downtime(ward: Ward):
    ward.stand(DOWNTIME_US - SECOND)
    assert began_again(ward.store, ward.clock.now()) == []
    assert reconciling(ward.store) == ()


def test_after_a_downtime_a_ward_reconciles_until_the_charge_nurse_says_that_entries_are_complete(
    ward: Ward,
):
    since = ward.store.beats()["tick_done"]
    ward.stand(DOWNTIME_US)
    (begun,) = began_again(ward.store, ward.clock.now())
    assert (begun.ward, begun.since, begun.until) == ("W", since, ward.clock.now())
    assert reconciling(ward.store) == ("W",)
    assert HouseReads(ward.made).store_facts().reconciling == ("W",)
    sheet = only(sheets(ward.made, "token"))
    assert f"RECONCILING: what was done from {moment_text(since, ZoneInfo(sheet.zone))}" in as_page(sheet)
    with pytest.raises(NotUnderstood):
        complete(ward.store, ward.clock, "W", by="Nurse B", role="nurse")
    done = complete(ward.store, ward.clock, "W", by="Nurse C", role="charge_nurse")
    assert (done.by, done.done_at) == ("Nurse C", ward.clock.now())
    assert reconciling(ward.store) == ()
    with pytest.raises(NotFound):
        complete(ward.store, ward.clock, "W", by="Nurse C", role="charge_nurse")


def test_a_second_downtime_before_the_entries_are_complete_keeps_the_first_begin(ward: Ward):
    since = ward.store.beats()["tick_done"]
    ward.stand(DOWNTIME_US)
    began_again(ward.store, ward.clock.now())
    ward.tick()
    ward.stand(2 * DOWNTIME_US)
    began_again(ward.store, ward.clock.now())
    (kept,) = downtimes(ward.store)
    assert (kept.since, kept.until) == (since, ward.clock.now())


def test_after_a_downtime_what_is_critical_rings_at_once_and_the_rest_waits_for_the_entries(ward: Ward):
    ward.stand(DOWNTIME_US)
    began_again(ward.store, ward.clock.now())
    begun = ward.clock.now()
    put(ward.store, "grave", 0)
    put(ward.store, "mild", 1)
    ward.tick()
    assert states(ward.store) == {"grave": "sent", "mild": "waiting"}
    ward.stand(HOLD_US - SECOND)
    ward.tick()
    assert states(ward.store) == {"grave": "sent", "mild": "waiting"}
    ward.stand(SECOND)
    assert ward.clock.now() == begun + HOLD_US
    ward.tick()
    assert states(ward.store) == {"grave": "sent", "mild": "sent"}
    assert reconciling(ward.store) == ("W",)


def test_the_rest_goes_out_as_soon_as_the_entries_are_complete(ward: Ward):
    ward.stand(DOWNTIME_US)
    began_again(ward.store, ward.clock.now())
    put(ward.store, "mild", 1)
    ward.tick()
    complete(ward.store, ward.clock, "W", by="Nurse C", role="charge_nurse")
    ward.tick()
    assert states(ward.store) == {"mild": "sent"}


def test_what_waits_for_entries_is_no_cause_for_the_watchdog(ward: Ward):
    ward.stand(DOWNTIME_US)
    began_again(ward.store, ward.clock.now())
    put(ward.store, "mild", 1)
    assert "notice_unsent" not in alarms(Auditor(ward.store, {}), 3600.0)
    complete(ward.store, ward.clock, "W", by="Nurse C", role="charge_nurse")
    assert "notice_unsent" in alarms(Auditor(ward.store, {}), 3600.0)


def test_the_doctor_and_the_command_say_so(ward: Ward, wardpath: Run):
    ward.stand(DOWNTIME_US)
    began_again(ward.store, ward.clock.now())
    place: Place = ward.path
    found = [each.what for each in examine(place, quick=True, progress=lambda done, of: None)]
    assert any("ward W is reconciling" in each for each in found)
    invite(ward.made, "W")
    refused = wardpath("reconciled", "--ward", "W", "--by", "nurse.anna", "--role", "nurse", "--db", place)
    assert refused.exit_code == 1
    assert "nurse.anna may not Reconcile as nurse on ward W" in refused.stderr
    told = wardpath("reconciled", "--ward", "W", "--by", "charge.dora", "--role", "charge_nurse", "--db", place)
    assert told.exit_code == 0, told.stderr
    assert reconciling(ward.store) == ()


# --- the demonstration, as the watchdog and the doctor see it --------------------------------------------------------


def test_the_demonstration_opens_without_a_cause_though_a_closed_case_rings_on(made: House):
    late = [head for head in made.store.heads(closed=True) if head.closed and head.next_look is not None]
    assert [bool(made.store.reminders(head.case)) for head in late] == [True] * len(late) != []
    assert Auditor(made.store, {}).round(0.0) == []
    assert check_record(made, lambda done, of: None).problems == ()
