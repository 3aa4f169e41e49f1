"""Rosters, beds, channels, sheets and the health of the site in a browser, as the command line has them."""

import re

import pytest
from starlette.testclient import TestClient

from pathway.clinical.instant import SECOND, Instant
from pathway.engine.sealing import CLEAR
from pathway.site.duty.commands import NameShift
from scheduler.channels import ChannelFailed
from scheduler.outage import CHANNELS, channel_down
from scheduler.way import Way
from tests.ward.web.admin.conftest import ROLES, Before, form, press
from tests.ward.web.conftest import ADDRESS, OWN_FORM, sign_in, words
from tests.ward.web.signing.conftest import ADMIN, NOW, Two
from ward.beds import beds
from ward.door import Door
from ward.health import health_of
from ward.reading import HouseReads
from ward.reconcile import began_again, reconciling
from ward.trial import TRIAL
from ward.vault import MISSING, SiteVault
from ward.web.admin.home import AREAS
from ward.web.admin.site import Site
from ward.web.app import create_app
from ward.wiring import create_store, house

ROSTERS, BEDS, CHANNEL, SHEETS = "/admin/rosters", "/admin/beds", "/admin/channels", "/admin/sheets"


# --- the way in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("account", ROLES)
def test_every_area_that_is_offered_opens_and_every_other_is_denied(before: Before, account: str):
    browser = before(account)
    offered = set(re.findall(r'<h2><a href="([^"]+)"', browser.get("/admin").text))
    found = {each.at: browser.get(each.at).status_code for each in AREAS}
    assert {at for at, status in found.items() if status == 200} == offered
    assert {status for at, status in found.items() if at not in offered} <= {403}


def test_an_administrator_sees_every_area_but_the_wards_patients(before: Before):
    page = words(before().get("/admin").text)
    assert "System health" in page
    assert "Not open to you as administrator, every ward: Downtime sheets." in page


def test_no_page_of_the_administrator_names_a_patient(before: Before):
    browser = before()
    for each in AREAS:
        assert "Name c1" not in browser.get(each.at).text


# --- rosters ---------------------------------------------------------------------------------------------------------


def test_a_roster_that_is_kept_is_marked_empty_while_nobody_is_on_duty(before: Before, two: Two):
    browser = before()
    said = {"role": "nurse", "ward": "H1", "critical": "yes", "answer_within": "10 min"}
    assert press(browser, ROSTERS, f"{ROSTERS}/keep", **said).status_code == 303
    page = words(browser.get(ROSTERS).text)
    assert "EMPTY" in page
    assert "critical" in page
    assert press(browser, ROSTERS, f"{ROSTERS}/drop").status_code == 303
    assert ("nurse", "H1") not in two.house.engine.sites.duty().kept


def test_a_shift_is_planned_in_the_zone_of_the_site_and_taken_back(before: Before, two: Two):
    named = NameShift(id="n", by=ADMIN, name="early", begins="06:00", ends="14:00", zone="Europe/Berlin")
    assert two.house.engine.handle(named).status == "accepted"
    browser = before()
    said = {"account": "nurse.anna", "role": "nurse", "ward": "H1"}
    times = {"begins": "05-Mar-2026 06:00", "ends": "05-Mar-2026 14:00"}
    assert press(browser, ROSTERS, f"{ROSTERS}/plan", **said, **times).status_code == 303
    (shift,) = two.house.engine.sites.duty().shifts.values()
    assert shift.begins == NOW + 3 * 3600 * SECOND
    assert "05-Mar-2026 06:00" in words(browser.get(ROSTERS).text)
    assert press(browser, ROSTERS, f"{ROSTERS}/cancel").status_code == 303
    assert not two.house.engine.sites.duty().shifts


def test_a_rota_is_pasted_and_the_same_again_plans_nothing(before: Before, two: Two):
    browser = before()
    named = {"name": "early", "begins": "06:00", "ends": "14:00", "zone": "Europe/Berlin"}
    assert press(browser, ROSTERS, f"{ROSTERS}/name", **named).status_code == 303
    rota = "date,shift,role,ward,account\n2026-03-05,early,nurse,H1,nurse.anna\n2026-03-06,early,nurse,H1,nobody\n"
    first = press(browser, ROSTERS, f"{ROSTERS}/import", rota=rota)
    assert "1 planned, 0 known before, 1 refused. Line 3" in words(first.text)
    again = press(browser, ROSTERS, f"{ROSTERS}/import", rota=rota)
    assert "0 planned, 1 known before" in words(again.text)
    bad = press(browser, ROSTERS, f"{ROSTERS}/import", rota="a,b\n1,2\n")
    assert bad.status_code == 409
    assert "has other columns" in words(bad.text)


def test_a_charge_nurse_keeps_the_rosters_of_her_own_ward_alone(before: Before, two: Two):
    browser = before("charge.dora")
    said = {"role": "nurse", "critical": "", "answer_within": "10 min"}
    assert press(browser, ROSTERS, f"{ROSTERS}/keep", ward="S1", **said).status_code == 403
    assert press(browser, ROSTERS, f"{ROSTERS}/keep", ward="H1", **said).status_code == 303
    assert list(two.house.engine.sites.duty().kept) == [("nurse", "H1")]


# --- beds ------------------------------------------------------------------------------------------------------------


def test_an_administrator_says_the_beds_of_a_ward(before: Before, two: Two):
    browser = before()
    assert press(browser, BEDS, BEDS, "Add the ward", ward="H9", beds="1, 2,3a").status_code == 303
    assert beds(two.house.store) == {"H9": ("1", "2", "3a")}
    assert "3 beds: 1, 2, 3a" in words(browser.get(BEDS).text)
    answer = press(browser, BEDS, BEDS, "Add the ward", ward="", beds="1")
    assert answer.status_code == 409
    assert "cannot be read" in words(answer.text)


def test_nobody_else_says_beds(before: Before, two: Two):
    nurse = before("nurse.anna")
    page = nurse.get(BEDS).text
    assert f'action="{BEDS}"' not in page
    own = re.search(r'name="csrf" value="([0-9a-f]+)"', page)[1]
    answer = nurse.post(BEDS, data={"csrf": own, "id": "x", "ward": "H9", "beds": "1"}, headers=OWN_FORM)
    assert answer.status_code == 403
    assert beds(two.house.store) == {}


# --- channels --------------------------------------------------------------------------------------------------------


class Line:
    """A channel that fails, or works."""

    name, takes = "line", frozenset({"page"})

    def __init__(self) -> None:
        self.broken = True

    def send(self, notice: object, attempt: int) -> None:
        """Fail while broken."""
        if self.broken:
            raise ChannelFailed("the line is dead", "a line", "mend it")


def running(two: Two, *ways: Way) -> TestClient:
    """A browser of the administrator before a ward that rings by these ways."""
    app = create_app(HouseReads(two.house), Door(two.house), site=Site(ways=ways))
    browser = TestClient(app, base_url=ADDRESS, client=("127.0.0.1", 50000), follow_redirects=False)
    return sign_in(browser, "admin", *ROLES["admin"])


def test_a_channel_that_fails_is_shown_as_left_alone_and_one_that_carries_as_working(two: Two):
    line = Line()
    way = Way(line)
    browser = running(two, way)
    notice = press(browser, CHANNEL, CHANNEL, role="administrator", reach="page")
    assert notice.status_code == 303
    (trial,) = [each for each, _ in two.house.store.notices(CHANNELS) if each.kind == TRIAL]
    for _ in range(3):
        way.carry(trial, 1)
    channel_down(two.house.store, "line", "channel_failed", NOW, NOW)
    page = words(browser.get(CHANNEL).text)
    assert "line page Left alone 05-Mar-2026" in page
    line.broken = False
    assert "Works" in words(running(two, Way(line)).get(CHANNEL).text)


def test_a_channel_says_how_long_ago_it_carried_a_notice(two: Two):
    way, line = Way(Line()), Line()
    line.broken = False
    way = Way(line)
    browser = running(two, way)
    assert "not since the start of this process" in words(browser.get(CHANNEL).text)
    press(browser, CHANNEL, CHANNEL, role="administrator", reach="page")
    way.carry(two.house.store.notices(CHANNELS)[0][0], 1)
    assert "under 1 min ago" in words(browser.get(CHANNEL).text)


def test_a_trial_waits_in_the_outbox_once_for_a_form_and_is_refused_to_others(before: Before, two: Two):
    browser = before()
    said = form(browser.get(CHANNEL).text, CHANNEL) | {"role": "nurse", "reach": "page"}
    for _ in range(2):
        assert browser.post(CHANNEL, data=said, headers=OWN_FORM).status_code == 303
    (trial,) = [each for each, _ in two.house.store.notices(CHANNELS)]
    assert (trial.role, trial.text.startswith("TEST"), trial.reminders) == ("nurse", True, ())
    nurse = before("nurse.anna")
    own = re.search(r'name="csrf" value="([0-9a-f]+)"', nurse.get(CHANNEL).text)[1]
    answer = nurse.post(CHANNEL, data=said | {"csrf": own, "id": "other"}, headers=OWN_FORM)
    assert answer.status_code == 403
    assert len(two.house.store.notices(CHANNELS)) == 1


# --- health ----------------------------------------------------------------------------------------------------------


def test_the_page_of_reminder_health_has_the_figures_of_the_command_line(before: Before, two: Two):
    page = words(before("nurse.anna").get("/admin/reminders").text)
    found = health_of(two.house, "", None, None)
    assert f"{sum(found.notices.values())} notices in {found.patient_days} patient-days" in page
    bad = before().get("/admin/reminders?begins=yesterday")
    assert bad.status_code == 409
    assert "cannot be read" in words(bad.text)


def test_system_health_is_what_the_doctor_finds(tmp_path):
    place = tmp_path / "ward.db"
    two = Two.__new__(Two)
    two.house = house(create_store(place, "demonstration", "W"))
    from ward.demonstration.people import invite

    invite(two.house, "H1")
    app = create_app(HouseReads(two.house), Door(two.house), site=Site(place))
    browser = TestClient(app, base_url=ADDRESS, client=("127.0.0.1", 50000), follow_redirects=False)
    page = words(sign_in(browser, "admin", *ROLES["admin"]).get("/admin/system").text)
    assert "Nothing wrong" in page or "Warnings" in page
    assert "no round yet" in page
    assert "left out by --quick" in page
    two.house.store.close()


def test_a_missing_key_is_said_in_the_health_of_the_system_and_of_reminders(before: Before, two: Two, monkeypatch):
    monkeypatch.setattr(two.house.engine, "vault", SiteVault(None))
    browser = before()
    assert "FAULT key missing" in words(browser.get("/admin/system").text)
    assert "KEY MISSING" in words(browser.get("/admin/reminders").text)
    assert health_of(two.house, "", None, None).key_missing == MISSING
    assert CLEAR == "clear"


# --- sheets ----------------------------------------------------------------------------------------------------------


def test_a_nurse_opens_the_sheet_of_her_ward_and_of_no_other_and_it_is_logged(before: Before, two: Two):
    browser = before("nurse.anna")
    assert re.findall(r'href="(/admin/sheets/[^"]+/sheet)"', browser.get(SHEETS).text) == ["/admin/sheets/H1/sheet"]
    page = browser.get("/admin/sheets/H1/sheet")
    assert "Downtime sheet: ward H1" in words(page.text)
    assert "<style" not in page.text
    assert "@page" in browser.get("/admin/sheets/sheet.css").text
    assert browser.get("/admin/sheets/S1/sheet").status_code == 404
    assert "paper" in [each.what for each in two.accesses("c1") if each.by.actor == "nurse.anna"]
    assert not [each for each in two.accesses("c2") if each.by.actor == "nurse.anna"]


def test_the_sheet_is_a_pdf_too(before: Before):
    answer = before("nurse.anna").get("/admin/sheets/H1/pdf")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-type"] == "application/pdf"


def test_a_charge_nurse_says_that_a_downtime_is_entered(before: Before, two: Two):
    two.house.store.beat("tick_done", Instant(NOW - 3600 * SECOND))
    began_again(two.house.store, NOW)
    at = f"{SHEETS}/H1/reconciled"
    assert f'action="{at}"' not in before("nurse.anna").get(SHEETS).text
    assert press(before("charge.dora"), SHEETS, at).status_code == 303
    assert reconciling(two.house.store) == ("S1",)
