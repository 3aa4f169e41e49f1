"""A folder that a laboratory writes to: each result reaches the open case of its patient once, or a person's eyes."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from pathway.case.commands import Enrol
from pathway.case.envelope import By
from pathway.case.events import ResultRecorded
from pathway.clinical.instant import Instant, instant, utc
from pathway.site.accounts.grant import Grant
from tests.house.tree import ROOT
from ward.clock import FixedClock
from ward.errors import Denied, NotFound
from ward.laboratory.mapping import Mapping, find_map
from ward.laboratory.watching import Taken, take
from ward.people.person import SignedIn
from ward.wiring import House, house, memory_store

NOW = instant("2026-03-05T08:00:00Z")
FEED = SignedIn("lab.feed", "Feed", "service", (Grant("laboratory", "*"),), ("RecordResult",), "token")
HEAD = "row_id,subject_id,itemid,charttime,value,valueuom\n"


@pytest.fixture
def ward() -> House:
    """A ward with one patient, whose token the laboratory writes into its files."""
    made = house(memory_store("demonstration"), FixedClock(NOW))
    answer = made.engine.handle(
        Enrol(
            id="enrol",
            case="case-1",
            by=By("doctor", "physician"),
            pathway="variant_apl",
            presented_at=Instant(NOW - 3600 * 1_000_000),
            identifiers={"name": "INVENTED", "number": "INVENTED"},
            zone="Europe/Berlin",
            ward="4",
            bed="1",
            patient="p1",
            origin="invented",
        )
    )
    assert answer.status == "accepted"
    return made


@pytest.fixture
def mapping() -> Mapping:
    return find_map("mimic3_demo")


def put(folder: Path, name: str, *rows: str) -> None:
    (folder / name).write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


def row(number: int, subject: str = "p1", value: str = "140", item: str = "51214", unit: str = "mg/dL") -> str:
    at = utc(NOW) - timedelta(minutes=30)
    return f"{number},{subject},{item},{at:%Y-%m-%d %H:%M:%S},{value},{unit}"


def taken(ward: House, folder: Path, mapping: Mapping) -> list[Taken]:
    return list(take(ward, FEED, folder, mapping))


def entered(ward: House) -> list[str]:
    return [each.body.entered for each in ward.engine.timeline("case-1") if isinstance(each.body, ResultRecorded)]


def waiting(ward: House) -> list[str]:
    return [each.body.why for each in ward.engine.sites.quarantine().waiting()]


def test_a_result_reaches_the_open_case_of_its_patient_and_the_file_is_moved(
    ward: House, mapping: Mapping, tmp_path: Path
):
    put(tmp_path, "a.csv", row(1))
    assert taken(ward, tmp_path, mapping) == [Taken("a.csv", {"recorded": 1})]
    assert entered(ward) == ["140 mg/dL"]
    assert [each.name for each in tmp_path.iterdir()] == ["done"]
    assert taken(ward, tmp_path, mapping) == []


def test_a_file_that_comes_again_after_a_crash_writes_nothing_twice(ward: House, mapping: Mapping, tmp_path: Path):
    put(tmp_path, "a.csv", row(1), row(2, value="150"))
    taken(ward, tmp_path, mapping)
    put(tmp_path, "a.csv", row(1), row(2, value="150"), row(3, value="160"))
    assert taken(ward, tmp_path, mapping) == [Taken("a.csv", {"recorded": 1, "repeated": 2})]
    assert entered(ward) == ["140 mg/dL", "150 mg/dL", "160 mg/dL"]
    assert sorted(each.name for each in (tmp_path / "done").iterdir()) == ["1.a.csv", "a.csv"]


@pytest.mark.parametrize(
    "line, why",
    [
        (row(1, subject="stranger"), "quarantined"),
        (row(1, value=""), "unreadable"),
        ("1,p1,51214,yesterday,140,mg/dL", "unreadable"),
        (row(1, item="99999"), "unreadable"),
    ],
)
def test_a_row_that_no_case_can_have_waits_in_quarantine(
    ward: House, mapping: Mapping, tmp_path: Path, line: str, why: str
):
    put(tmp_path, "a.csv", line)
    assert taken(ward, tmp_path, mapping) == [Taken("a.csv", {"quarantined": 1})]
    assert (entered(ward), waiting(ward)) == ([], [why])


def test_a_row_that_changes_under_its_old_number_is_not_recorded_and_not_dropped(
    ward: House, mapping: Mapping, tmp_path: Path
):
    put(tmp_path, "a.csv", row(1, value="140"))
    put(tmp_path, "b.csv", row(1, value="90"))
    assert [each.told for each in taken(ward, tmp_path, mapping)] == [{"recorded": 1}, {"quarantined": 1}]
    assert (entered(ward), waiting(ward)) == (["140 mg/dL"], ["reused"])


def test_a_file_that_is_no_table_goes_to_failed_and_the_others_are_taken(ward: House, mapping: Mapping, tmp_path: Path):
    (tmp_path / "a.csv").write_text("no,table\n", encoding="utf-8")
    put(tmp_path, "b.csv", row(1))
    first, second = taken(ward, tmp_path, mapping)
    assert "has no column" in first.failed
    assert second == Taken("b.csv", {"recorded": 1})
    assert (tmp_path / "failed" / "a.csv").is_file()


def test_a_file_under_another_ending_is_still_being_written(ward: House, mapping: Mapping, tmp_path: Path):
    put(tmp_path, "a.csv.part", row(1))
    assert taken(ward, tmp_path, mapping) == []
    assert (tmp_path / "a.csv.part").is_file()


def test_a_folder_that_is_not_there_is_said(ward: House, mapping: Mapping):
    with pytest.raises(NotFound, match="is no folder"):
        taken(ward, ROOT / "nowhere", mapping)


def test_what_is_told_of_a_file_can_be_printed_as_json(ward: House, mapping: Mapping, tmp_path: Path):
    put(tmp_path, "a.csv", row(1))
    (found,) = taken(ward, tmp_path, mapping)
    assert json.loads(json.dumps({"file": found.file, "told": found.told})) == {
        "file": "a.csv",
        "told": {"recorded": 1},
    }


def test_a_service_without_the_right_records_nothing_and_the_file_stays(ward: House, mapping: Mapping, tmp_path: Path):
    put(tmp_path, "a.csv", row(1))
    other = SignedIn("other", "Other", "service", (Grant("laboratory", "*"),), ("RecordReport",), "token")
    with pytest.raises(Denied):
        list(take(ward, other, tmp_path, mapping))
    assert (tmp_path / "a.csv").exists()
    assert ward.store.accesses()[-1].outcome == "denied"


def test_a_result_says_which_service_brought_it_and_how_it_was_proven(ward: House, mapping: Mapping, tmp_path: Path):
    put(tmp_path, "a.csv", row(1))
    taken(ward, tmp_path, mapping)
    (event,) = [each for each in ward.engine.timeline("case-1") if isinstance(each.body, ResultRecorded)]
    assert event.by == By("lab.feed", "laboratory", "import", "token")
