"""Real channels out of a live store: what the receiver has on record is what the store says, whatever goes wrong.

Lost 0; a repeat only under the same key.
"""

import json
import re
from collections import Counter
from contextlib import closing
from io import StringIO
from pathlib import Path
from random import Random

import pytest
from structlog.testing import capture_logs

from pathway.clinical.instant import SECOND
from scheduler.outage import ADMINISTRATOR, CHANNELS, failing
from scheduler.outbox import ATTEMPTS, LEASE_S, LONGEST_WAIT_S, send_waiting, unshaken
from tests.scheduler.live import DEFINITION, SECRET, Live, signed, trusted
from tests.scheduler.postoffice import delivering
from tests.scheduler.receiver import PATIENCE_S
from tests.scheduler.scene import Killed, KilledAfterSending, notice
from ward.clock import SystemClock
from ward.doctor import examine
from ward.errors import NotFound, NotHere, NotUnderstood, PluginRefused
from ward.run import alarm_of, post_of, run_ward
from ward.settings import RouteSetting, settings
from ward.wiring import create_store, post

HOUR_S = 3600


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Channels that lose their patience before a test does."""
    monkeypatch.setattr("scheduler.channels.webhook.STEP_S", 0.1)
    monkeypatch.setattr("scheduler.channels.email.STEP_S", 0.1)


@pytest.fixture
def office():
    with delivering() as made:
        yield made


@pytest.fixture
def live(tmp_path):
    """Makes live wards, and closes their stores."""
    made = []

    def make(*args, **options):
        folder = tmp_path / f"ward-{len(made)}"
        folder.mkdir()
        made.append(Live(folder, *args, **options))
        return made[-1]

    yield make
    for each in made:
        each.store.close()


def hook(receiver, **more):
    return {"webhook": {"url": receiver.url, "secret": SECRET, **more}}


def mail(office, **more):
    server = {"host": "127.0.0.1", "port": str(office.port), "security": "none"}
    return {"email": {**server, "from": "ward@h.example", "to": "n@h.example", **more}}


def alarms(ward):
    return {notice.key: state for notice, state in ward.store.notices(CHANNELS)}


# --- nothing goes wrong ----------------------------------------------------------------------------------------------


def test_every_notice_arrives_once(live, receiver):
    ward = live(hook(receiver), patients=3)
    ward.tick()
    assert sorted(receiver.accepted()) == sorted(ward.keys("sent"))
    assert len(ward.keys("sent")) == 9
    assert not ward.waits()


def test_what_arrives_is_in_words_of_ward_case_class_time_and_link_and_names_no_bed_and_nobody(live, receiver):
    ward = live(hook(receiver, base="https://board.example"))
    ward.tick()
    said = {each.said["text"] for each in receiver.record}
    assert "CRITICAL, R1 bleeding, due 02:10: ward H3, case c0, 02:10, https://board.example/case/c0" in said
    everything = b"".join(each.body for each in receiver.record).decode()
    for secret in ("Invented", "p-c0", "bed", '"12"', "significant"):
        assert secret not in everything


# --- the receiver misbehaves -----------------------------------------------------------------------------------------


@pytest.mark.faults
@pytest.mark.parametrize("how", ["slow", "429", "500", "lost", "drop", "closed"])
def test_after_each_fault_nothing_is_lost_and_a_repeat_has_the_same_key_and_body(live, receiver, how):
    ward = live(hook(receiver), patients=2)
    receiver.behave = lambda number: how if number <= 4 else "ok"
    if how == "closed":
        receiver.close()
    ward.tick()
    assert ward.waits()
    if how == "closed":
        receiver.open()
    ward.pass_by(10 * LONGEST_WAIT_S, 15)
    checked(ward, receiver)


@pytest.mark.faults
def test_a_receiver_that_asks_to_be_left_alone_is_left_alone_as_long_as_it_said(live, receiver):
    ward = live(hook(receiver), patients=2)
    receiver.behave = lambda number: "429" if number == 1 else "ok"
    ward.tick()
    ward.pass_by(6, 1)
    assert len(receiver.record) == 1
    ward.pass_by(LONGEST_WAIT_S, 1)
    checked(ward, receiver)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(3))
def test_after_many_faults_of_every_kind_nothing_is_lost(live, receiver, seed):
    chance = Random(seed)
    ward = live(hook(receiver), patients=6, seed=seed)
    faults = ["ok", "ok", "429", "500", "lost", "drop"]
    receiver.behave = lambda _: chance.choice(faults)
    for _ in range(12):
        if chance.random() < 0.3:
            receiver.close()
            ward.pass_by(20, 10)
            receiver.open()
        ward.pass_by(20, 10)
    receiver.behave = lambda _: "ok"
    ward.pass_by(5 * LONGEST_WAIT_S, 15)
    checked(ward, receiver)


def checked(ward, receiver):
    """Compare the receiver's own record with the store."""
    assert not ward.waits()
    kept = receiver.accepted()
    assert set(kept) == ward.keys("sent"), "lost, or sent though nobody asked for it"
    assert ward.keys("undeliverable") == set()
    for key, times in Counter(kept).items():
        bodies = {each.body for each in receiver.record if each.said["key"] == key}
        marks = {each.headers["Idempotency-Key"] for each in receiver.record if each.said["key"] == key}
        assert (len(bodies), len(marks)) == (1, 1), f"{key}, kept {times} times"


@pytest.mark.faults
def test_a_worker_killed_between_sending_and_settling_sends_the_same_key_again(live, receiver):
    ward = live(hook(receiver))
    ward.engine.look("c0")
    with pytest.raises(Killed):
        send_waiting(ward.store, ward.clock, KilledAfterSending(ward.deliver), "w0", unshaken)
    (first,) = receiver.accepted()
    ward.pass_by(LEASE_S, LEASE_S)
    checked(ward, receiver)
    assert Counter(receiver.accepted())[first] == 2


@pytest.mark.faults
@pytest.mark.parametrize("how", ["busy", "silent", "later", "451", "drop", "rude"])
def test_mail_that_fails_is_sent_again_under_the_same_id_and_none_is_lost(live, office, how):
    ward = live(mail(office), patients=2)
    office.behave = lambda number: how if number <= 4 else "ok"
    ward.tick()
    ward.pass_by(10 * LONGEST_WAIT_S, 15)
    assert not ward.waits()
    assert set(office.keys()) == ward.keys("sent")
    ids = {(each.message["Idempotency-Key"], each.message["Message-ID"]) for each in office.delivered}
    assert len(ids) == len(ward.keys("sent"))


@pytest.mark.faults
def test_the_running_alarm_carries_notices_past_a_fault_and_its_log_names_nobody_and_no_secret(
    live, receiver, monkeypatch
):
    ward = live({}, clock=SystemClock())
    receiver.behave = lambda number: "500" if number <= 2 else "ok"
    monkeypatch.setenv("WARDPATH_CHANNELS", json.dumps(hook(receiver)))
    sent = post_of(ward.house.store, ward.place, ward.heard)
    alarm = alarm_of(ward.house, ward.clock, ward.clock, sent, ward.place)
    with capture_logs() as logs:
        alarm.start()
        while len(set(receiver.accepted())) < 3:
            assert receiver.came.wait(PATIENCE_S)
            receiver.came.clear()
        assert alarm.stop()
    checked(ward, receiver)
    assert {(each["event"], each.get("error")) for each in logs} == {
        ("a channel did not carry a notice", "channel_failed")
    }
    for secret in (SECRET, "Invented", "case c0", receiver.url):
        assert secret not in str(logs)


# --- changing channel, climbing, giving up ---------------------------------------------------------------------------


@pytest.mark.faults
def test_a_critical_notice_changes_channel_at_once_and_the_failure_is_told_an_administrator_once(
    live, receiver, office
):
    routes = (
        RouteSetting(through=("email", "webhook"), roles=(ADMINISTRATOR,)),
        RouteSetting(through=("webhook",)),
    )
    ward = live({**hook(receiver), **mail(office)}, routes, patients=3)
    receiver.close()
    ward.tick()
    critical = {notice.key for notice, _ in ward.store.notices() if notice.severity == 0}
    (told,) = alarms(ward)
    assert {*critical, told} == set(office.keys()) <= ward.keys("sent")
    assert ":webhook:" in told
    ward.pass_by(600, 20)
    assert [key for key in alarms(ward) if ":webhook:" in key] == [told]
    assert Counter(office.keys())[told] == 1
    assert failing(ward.store.beats()).keys() == {"webhook"}


@pytest.mark.faults
def test_a_channel_that_works_again_is_no_longer_noted_and_its_next_failure_is_told_anew(live, receiver, office):
    routes = (RouteSetting(through=("email",), roles=(ADMINISTRATOR,)), RouteSetting(through=("webhook",)))
    ward = live({**hook(receiver), **mail(office)}, routes, patients=2)
    told = []
    for _ in range(2):
        receiver.close()
        ward.pass_by(120, 20)
        told.append(len([key for key in alarms(ward) if ":webhook:" in key]))
        assert failing(ward.store.beats())
        receiver.open()
        ward.pass_by(300, 20)
        assert failing(ward.store.beats()) == {}
        ward.admit(f"d{len(told)}")
    assert told == [1, 2]


@pytest.mark.faults
def test_what_is_not_critical_is_given_up_and_that_is_a_task_for_the_administrator(live, receiver, office):
    routes = (RouteSetting(through=("email",), roles=(ADMINISTRATOR,)), RouteSetting(through=("webhook",)))
    ward = live({**hook(receiver), **mail(office)}, routes, patients=3)
    receiver.close()
    ward.tick()
    ward.pass_by(2 * ATTEMPTS * LONGEST_WAIT_S // 2, 60)
    given_up = {notice.key: notice for notice, state in ward.store.notices() if state == "undeliverable"}
    assert len(given_up) == 3
    assert {notice.severity for notice in given_up.values()} == {2}
    tasks = [each.message for each in office.delivered if ":undelivered:" in str(each.message["Idempotency-Key"])]
    assert 1 <= len(tasks) <= 2, "one word an hour, not one a notice"
    assert tasks[0].get_content().startswith("TASK, notices could not be delivered since")
    assert "c0" not in tasks[0].get_content()


@pytest.mark.faults
def test_with_every_way_closed_nothing_critical_is_lost_the_ladder_climbs_and_all_of_it_drains(live, receiver, office):
    ward = live({**hook(receiver), **mail(office)}, patients=2)
    receiver.close()
    office.close()
    ward.tick()
    ward.pass_by(2 * HOUR_S, 300)
    critical = {notice.key: notice.role for notice, _ in ward.store.notices() if notice.severity == 0}
    assert set(critical.values()) == {"nurse", "physician", "consultant"}, "the ladder does not wait for a channel"
    assert critical.keys() <= ward.keys("waiting")
    receiver.open()
    office.open()
    ward.pass_by(600, 15)
    assert critical.keys() <= ward.keys("sent")
    assert critical.keys() <= set(receiver.accepted()) | set(office.keys())


@pytest.mark.faults
def test_an_alarm_that_cannot_be_delivered_is_red_health_and_makes_no_other(live, receiver):
    ward = live(hook(receiver))
    receiver.close()
    ward.tick()
    ward.pass_by(HOUR_S, 60)
    before = alarms(ward)
    assert "undeliverable" in before.values()
    ward.pass_by(HOUR_S // 2, 60)
    assert len([key for key in alarms(ward) if ":webhook:" in key]) == 1
    found = {each.about: each for each in examine(ward.place, quick=True, progress=lambda *_: None)}
    assert (found["channels"].severity, "webhook" in found["channels"].what) == ("fault", True)
    assert [
        each.severity
        for each in examine(ward.place, quick=True, progress=lambda *_: None)
        if each.about == "notices" and "administrator" in each.what
    ] == ["fault"]


def test_the_doctor_finds_the_channels_of_a_sound_ward_well(live, receiver):
    ward = live(hook(receiver))
    ward.tick()
    found = [each for each in examine(ward.place, quick=True, progress=lambda *_: None) if each.about == "channels"]
    assert [each.severity for each in found] == ["ok"]


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["webhook", "email"])
def test_a_demonstration_refuses_each_real_channel(tmp_path, receiver, office, kind):
    wanted = {**hook(receiver), **mail(office)}[kind]
    with pytest.raises(NotHere, match=f"{kind} reaches people"):
        post(tmp_path / "w.db", StringIO(), "demonstration", {kind: wanted})
    with pytest.raises(NotHere, match="night_pager reaches people"):
        post(tmp_path / "w.db", StringIO(), "demonstration", {"night_pager": {"kind": kind, **wanted}})
    assert (receiver.record, office.delivered) == ([], [])


def test_the_product_s_own_wiring_does_not_run_the_ward_of_these_tests(live, receiver, monkeypatch):
    ward = live(hook(receiver))
    ward.store.close()
    monkeypatch.setenv("WARDPATH_CHANNELS", "{}")
    with pytest.raises(NotHere, match="nobody approved"):
        run_ward(ward.place, port=0, speed=None, out=StringIO(), note_to=lambda _: None)


def test_a_definition_signed_with_another_key_or_changed_after_signing_is_not_trusted():
    text = DEFINITION.read_text("utf-8")
    with pytest.raises(ValueError, match="not signed"):
        trusted(text, signed(text, b"another key"))
    with pytest.raises(ValueError, match="not signed"):
        trusted(text + "\n", signed(text))


# --- settings ---------------------------------------------------------------------------------------------------------


def test_a_secret_may_stand_in_a_file(tmp_path, receiver):
    (tmp_path / "secret").write_text(f"{SECRET}\n", "utf-8")
    wanted = {"webhook": {"url": receiver.url, "secret_file": str(tmp_path / "secret")}}
    assert post(tmp_path / "w.db", StringIO(), "live", wanted).ways[0].name == "webhook"
    with pytest.raises(PluginRefused, match="FileNotFoundError"):
        post(tmp_path / "w.db", StringIO(), "live", {"webhook": {"url": receiver.url, "secret_file": "nowhere"}})


def test_two_channels_of_one_kind_stand_under_names_of_their_own(tmp_path, receiver):
    one = {"kind": "webhook", "url": receiver.url, "secret": SECRET}
    made = post(tmp_path / "w.db", StringIO(), "live", {"day": {**one, "takes": "inbox"}, "night": one})
    assert [(way.name, sorted(way.takes)) for way in made.ways] == [
        ("day", ["inbox"]),
        ("night", ["inbox", "page", "second"]),
    ]


@pytest.mark.parametrize("name", ["console", "file", "Night", "a b"])
def test_a_name_that_is_taken_or_is_none_is_refused(tmp_path, receiver, name):
    with pytest.raises((PluginRefused, NotFound)):
        post(tmp_path / "w.db", StringIO(), "live", {name: {"kind": "webhook", "url": receiver.url, "secret": SECRET}})


def test_settings_that_cannot_be_used_stop_the_start_and_repeat_no_secret(tmp_path):
    wanted = {"webhook": {"url": "http://ward.example/", "secret": SECRET}}
    with pytest.raises(PluginRefused, match="the address of the webhook cannot be used") as caught:
        post(tmp_path / "w.db", StringIO(), "live", wanted)
    assert SECRET not in str(caught.value)


def test_a_route_through_a_channel_that_is_not_there_stops_the_start(tmp_path, receiver):
    with pytest.raises(NotFound, match="a route goes through horn"):
        post(tmp_path / "w.db", StringIO(), "live", hook(receiver), (RouteSetting(through=("webhook", "horn")),))


def test_the_settings_on_the_page_of_the_manual_can_be_used(tmp_path, monkeypatch):
    page = Path(__file__).parents[2].joinpath("docs", "how-to", "notify.md").read_text("utf-8")
    for name in ("webhook", "mail"):
        (tmp_path / name).write_text(SECRET, "utf-8")
    for name, value in re.findall(r"export (WARDPATH_\w+)='(.*?)'", page, re.DOTALL):
        monkeypatch.setenv(name, value.replace("/etc/wardpath", tmp_path.as_posix()))
    said = settings()
    made = post(tmp_path / "w.db", StringIO(), "live", said.channels, said.routes)
    ways = {
        "administrator": made._ways(notice("a", role="administrator", severity=1)),
        "critical": made._ways(notice("c")),
        "inbox": made._ways(notice("i", channel="inbox", severity=2)),
        "page": made._ways(notice("p", severity=1)),
    }
    assert {key: [way.name for way in found] for key, found in ways.items()} == {
        "administrator": ["email", "webhook"],
        "critical": ["webhook", "email"],
        "inbox": [],
        "page": ["webhook", "email"],
    }
    assert SECRET not in repr(said)


@pytest.mark.parametrize("wrong", ["{", "[1]", '[{"roles": ["x"]}]', '[{"through": ["a"], "critical": "perhaps"}]'])
def test_routes_that_cannot_be_read_stop_the_start_and_name_the_variable(monkeypatch, wrong):
    monkeypatch.setenv("WARDPATH_ROUTES", wrong)
    with pytest.raises(NotUnderstood, match="WARDPATH_ROUTES cannot be read"):
        settings()


def test_a_live_store_writes_no_notice_of_a_channel_that_was_never_wired(tmp_path):
    with closing(create_store(tmp_path / "w.db", "live")) as store:
        assert store.notices(CHANNELS) == []
        assert failing({"webhook down": 2 * SECOND, "webhook up": SECOND, "tick": SECOND}) == {"webhook": 2 * SECOND}
