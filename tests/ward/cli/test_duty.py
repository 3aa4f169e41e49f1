"""Duty on the command line: who is there, taking and leaving it, rosters and their files."""

import re
from pathlib import Path

import pytest

from tests.ward.cli.conftest import Run, data
from ward.wiring import open_house

WARD = "Haematology 4"
BEN = ("--by", "nurse.ben", "--role", "nurse")
DORA = ("--by", "charge.dora", "--role", "charge_nurse")
ADMIN = ("--by", "admin", "--role", "administrator")

pytestmark = pytest.mark.usefixtures("demonstration")


def nurses(wardpath: Run) -> dict[str, list[str]]:
    """Who of the nurses is on duty, and who was asked."""
    found = data(wardpath("duty", "--json"))["duty"]
    (mine,) = [each for each in found if (each["role"], each["ward"]) == ("nurse", WARD)]
    return {name: [each["account"] for each in mine[name]] for name in ("on_duty", "asked")}


def number(db: Path) -> str:
    """The number in the newest test notice."""
    house = open_house(db)
    try:
        texts = [each.text for each, _ in house.store.notices("site:duty") if each.kind == "duty_test"]
    finally:
        house.close()
    found = re.search(r"duty test (\d{6})", texts[-1])
    assert found is not None
    return found[1]


def test_who_is_on_duty_is_shown_per_role_and_an_empty_roster_is_marked(wardpath: Run):
    shown = wardpath("duty")
    assert shown.exit_code == 0
    assert "nurse.cleo until 05-Mar 06:00" in shown.stdout
    assert "EMPTY" not in shown.stdout
    assert wardpath("roster", "keep", "transplant_coordinator", "--ward", WARD, *ADMIN).exit_code == 0
    assert "EMPTY since 05-Mar 02:00" in wardpath("duty").stdout
    assert data(wardpath("duty", "--ward", "elsewhere", "--json"))["duty"] == []


def test_duty_is_accepted_answered_and_left(wardpath: Run, demonstration: Path):
    assert wardpath("duty", "accept", "--ward", WARD, "--until", "14:00", *BEN).exit_code == 0
    assert nurses(wardpath) == {"on_duty": ["nurse.cleo"], "asked": ["nurse.ben"]}
    wrong = wardpath("duty", "answer", "1", *BEN)
    assert (wrong.exit_code, "[no_such_test]" in wrong.stdout) == (1, True)
    assert wardpath("duty", "answer", number(demonstration), *BEN).exit_code == 0
    assert nurses(wardpath) == {"on_duty": ["nurse.cleo", "nurse.ben"], "asked": []}
    assert wardpath("duty", "leave", "--ward", WARD, *BEN).exit_code == 0
    assert nurses(wardpath)["on_duty"] == ["nurse.cleo"]


def test_nobody_takes_duty_in_a_role_or_on_a_ward_that_is_not_theirs(wardpath: Run):
    for role, ward in (("physician", WARD), ("nurse", "elsewhere")):
        denied = wardpath("duty", "accept", "--ward", ward, "--until", "14:00", "--by", "nurse.ben", "--role", role)
        assert denied.exit_code != 0
        assert "nurse.ben may not AcceptDuty" in denied.stdout + denied.stderr


def test_a_substitute_is_one_who_has_the_role_and_answers(wardpath: Run, demonstration: Path):
    one = ("duty", "substitute", "nurse.cleo")
    wrong = wardpath(*one, "physician.emil", "--of", "nurse", "--ward", WARD, *DORA)
    assert (wrong.exit_code, "physician.emil has not the role nurse" in wrong.stdout) == (1, True)
    assert wardpath(*one, "nurse.ben", "--of", "nurse", "--ward", WARD, *DORA).exit_code == 0
    assert nurses(wardpath)["on_duty"] == ["nurse.cleo"]
    assert wardpath("duty", "answer", number(demonstration), *BEN).exit_code == 0
    assert nurses(wardpath)["on_duty"] == ["nurse.ben"]


def test_a_time_that_cannot_be_read_is_not_understood(wardpath: Run):
    assert wardpath("duty", "accept", "--ward", WARD, "--until", "lunch", *BEN).exit_code == 2


def test_shifts_are_planned_shown_and_cancelled(wardpath: Run):
    planned = ("nurse.ben", "nurse", "--ward", WARD, "--begins", "2026-03-30T06:00+02:00", "--ends")
    assert wardpath("roster", "plan", *planned, "2026-03-30T14:00+02:00", *DORA).exit_code == 0
    shifts = data(wardpath("roster", "show", "--json"))["shifts"]
    last = shifts[-1]
    assert (last["account"], last["begins"]) == ("nurse.ben", "2026-03-30T04:00:00Z")
    assert "nurse.ben" in wardpath("roster", "show", "--ward", WARD).stdout
    assert wardpath("roster", "cancel", last["number"], *DORA).exit_code == 0
    assert len(data(wardpath("roster", "show", "--json"))["shifts"]) == len(shifts) - 1


def test_a_nurse_plans_nobody(wardpath: Run):
    denied = wardpath("roster", "keep", "nurse", "--ward", WARD, *BEN)
    assert denied.exit_code != 0
    assert "nurse.ben may not KeepRoster" in denied.stdout + denied.stderr


def test_a_rota_is_imported_once_and_what_is_refused_is_named_by_its_line(wardpath: Run, tmp_path: Path):
    named = ("roster", "shift", "twilight", "16:00", "00:30", "--zone", "Europe/Berlin")
    assert wardpath(*named, *ADMIN).exit_code == 0
    file = tmp_path / "rota.csv"
    lines = ["date,shift,role,ward,account", f"2026-03-28,twilight,nurse,{WARD},nurse.anna"]
    file.write_text("\n".join(lines))
    assert data(wardpath("roster", "import", file, "--json", *ADMIN)) == {"planned": 1, "known": 0, "refused": 0}
    assert data(wardpath("roster", "import", file, "--json", *ADMIN)) == {"planned": 0, "known": 1, "refused": 0}
    file.write_text("\n".join([*lines, f"2026-03-28,twilight,nurse,{WARD},physician.emil"]))
    again = wardpath("roster", "import", file, *ADMIN)
    assert (again.exit_code, again.stdout) == (1, "0 planned, 1 known, 1 refused\n")
    assert "line 3: physician.emil has not the role nurse" in again.stderr


def test_the_ward_of_patients_at_home_is_named(wardpath: Run, demonstration: Path):
    assert wardpath("roster", "day-unit", "*", "Day unit", *ADMIN).exit_code == 0
    house = open_house(demonstration)
    try:
        assert house.engine.sites.duty().day_units == {"*": "Day unit"}
    finally:
        house.close()


def test_the_doctor_finds_a_fault_in_a_critical_roster_that_is_empty_and_none_once_somebody_is_there(
    wardpath: Run, demonstration: Path
):
    def said() -> list[str]:
        found = wardpath("doctor", "--quick", "--json").stdout
        return re.findall(r"nobody is on duty as (\w+) on ward Day unit", found)

    assert said() == []
    assert wardpath("roster", "keep", "consultant", "--ward", "Day unit", *ADMIN).exit_code == 0
    assert said() == ["consultant"]
    ida = ("--by", "consultant.ida", "--role", "consultant")
    assert wardpath("duty", "accept", "--ward", "Day unit", "--until", "14:00", *ida).exit_code == 0
    assert wardpath("duty", "answer", number(demonstration), *ida).exit_code == 0
    assert said() == []
