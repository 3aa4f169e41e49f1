"""The watchdog's questions over stores that real commands brought there, and its book of alarms, without any thread."""

from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from pathway.case.commands import AnyCommand, Enrol, RecordResult, Transition
from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant
from pathway.engine.errors import StoreRefused
from pathway.site.accounts.commands import BreakGlass, ReviewBreakGlass
from pathway.site.duty.commands import KeepRoster
from persistence.driver import bare, choose
from persistence.refusal import read_only
from scheduler.alarm import PULSE_S
from scheduler.outage import channel_down, channel_up
from scheduler.post import Posted
from scheduler.tick import tick
from ward import standstill
from ward.clock import FixedClock, SystemClock
from ward.reconcile import holding
from ward.watchdog.auditor import AGAIN_S, BEAT, Auditor
from ward.watchdog.cause import Book, Cause, Told
from ward.watchdog.glass import about_glass
from ward.watchdog.pulse import SILENT_S, UNFINISHED_S, Pulse
from ward.watchdog.questions import DUE_S, RACE_S, UNSENT_S, about_obligations
from ward.watchdog.telling import Teller
from ward.watchdog.watch import LOOK_S, Watch
from ward.wiring import House, create_store, house, open_store

DOCTOR, LAB = By("Dr A", "physician"), By("lab", "laboratory", "feed")
HOUR = 3600 * SECOND
#: Demonstration time as a store keeps it while it stands.
STANDING = '{"base":%d,"wall":%d,"speed":"0"}'


class Sent:
    """A way out of the house that is open, or shut."""

    def __init__(self, carried: bool = True) -> None:
        self.carried = carried

    def send(self, notice: object, attempt: int) -> Posted:
        """Carry it, or not."""
        return Posted(("test",)) if self.carried else Posted()


class Ward:
    """A demonstration with one patient, whose time stands where it is put; else at the present of the machine."""

    def __init__(self, path: Path, now: Instant | None = None) -> None:
        self.path, self.clock = path, FixedClock(SystemClock().now() if now is None else now)
        self.store = create_store(path, "demonstration", "W")
        self.made: House = house(self.store, self.clock)
        self.stand()

    def stand(self, span_us: int = 0) -> None:
        """Move on, and keep the time where every process reads it."""
        now = self.clock.advance(span_us)
        self.store.set_property("demonstration_time", STANDING % (now, now))

    def do(self, command: AnyCommand) -> None:
        assert self.made.engine.handle(command).status == "accepted"

    def enrol(self, case: str = "c1") -> None:
        self.do(
            Enrol(
                id=f"{case}/enrol",
                case=case,
                by=DOCTOR,
                pathway="variant_apl",
                presented_at=self.clock.now(),
                identifiers={"name": "INVENTED", "number": case},
                zone="Europe/Berlin",
                ward="W",
                bed="1",
                patient=case,
                origin="invented",
            )
        )

    def result(self, number: int, case: str = "c1", value: str = "80") -> None:
        at = self.clock.now()
        self.do(
            RecordResult(
                id=f"{case}/{number}", case=case, by=LAB, loinc="3255-7", value=value, unit="mg/dL", collected_at=at
            )
        )

    def tick(self, carried: bool = True) -> None:
        tick(self.made.engine, self.store, self.clock, Sent(carried), worker="test", held=partial(holding, self.store))

    def tamper(self, *statements: str) -> None:
        with closing(bare(choose(), self.path)) as raw:
            for statement in statements:
                raw.execute(statement)


@pytest.fixture
def ward(tmp_path: Path):
    made = Ward(tmp_path / "ward.db")
    yield made
    made.store.close()


def alarms(auditor: Auditor, patience_s: float = 0.0) -> set[str]:
    """The codes that are alarms after `patience_s` in which nothing changed but the time of day."""
    book = Book()
    book.meet(auditor.round(1000.0), 1000.0)
    later = 1000.0 + patience_s
    book.meet(auditor.round(later), later)
    return {cause.code for cause in book.open.values()}


# --- the book --------------------------------------------------------------------------------------------------------


def cause(code: str, about: str = "", patience_s: float = 0) -> Cause:
    return Cause(code, about, "it is so", "it not to be", "mend it", patience_s)


def test_an_alarm_is_raised_once_and_clears_once():
    book, one = Book(), cause("one")
    assert book.meet([one], 0.0).raised == (one,)
    assert book.meet([one], 1.0) == book.meet([one], 2.0)
    assert book.meet([one], 3.0).raised == ()
    assert book.meet([], 4.0).cleared == (one,)
    assert book.meet([one], 5.0).raised == (one,)


def test_a_cause_with_patience_becomes_an_alarm_only_when_it_stands_without_a_break():
    book, slow = Book(), cause("slow", patience_s=10)
    assert book.meet([slow], 0.0).raised == ()
    assert book.meet([], 6.0).raised == ()
    assert book.meet([slow], 7.0).raised == ()
    assert book.meet([slow], 16.9).raised == ()
    assert book.meet([slow], 17.0).raised == (slow,)


def test_the_same_code_about_two_cases_is_two_alarms():
    both = [cause("one", "a"), cause("one", "b")]
    assert set(Book().meet(both, 0.0).raised) == set(both)


# --- the pulse -------------------------------------------------------------------------------------------------------


def codes(pulse: Pulse, beats: dict[str, int], now_s: float) -> list[str]:
    return [each.code for each in pulse.look({name: Instant(at) for name, at in beats.items()}, now_s)]


def test_silence_is_told_within_four_seconds_of_the_last_beat_and_never_between_two_ticks():
    assert SILENT_S + LOOK_S < 4.0
    assert PULSE_S <= SILENT_S / 2
    pulse = Pulse(0.0)
    assert codes(pulse, {"tick": 1, "tick_done": 1, "sweep_done": 1}, 1.0) == []
    assert codes(pulse, {"tick": 1, "tick_done": 1, "sweep_done": 1}, 1.0 + SILENT_S) == []
    assert codes(pulse, {"tick": 1, "tick_done": 1, "sweep_done": 1}, 1.1 + SILENT_S) == ["scheduler_silent"]
    assert codes(pulse, {"tick": 2, "tick_done": 2, "sweep_done": 1}, 1.2 + SILENT_S) == []


def test_a_beat_that_goes_back_with_the_clock_is_a_sign_of_life():
    pulse = Pulse(0.0)
    assert codes(pulse, {"tick": 5_000_000, "tick_done": 1, "sweep_done": 1}, 1.0) == []
    assert codes(pulse, {"tick": 1_000_000, "tick_done": 2, "sweep_done": 1}, 3.9) == []
    assert codes(pulse, {"tick": 1_000_000, "tick_done": 2, "sweep_done": 1}, 6.8) == []


def test_a_scheduler_that_was_never_heard_is_silent():
    assert codes(Pulse(0.0), {}, SILENT_S + 0.1) == ["scheduler_silent"]


def test_a_tick_that_begins_and_never_ends_is_told():
    pulse, found = Pulse(0.0), []
    for second in range(int(UNFINISHED_S) + 2):
        found = codes(pulse, {"tick": second, "tick_done": 1, "sweep_done": second}, float(second))
    assert found == ["scheduler_unfinished"]


# --- the auditor's questions -----------------------------------------------------------------------------------------


def test_a_ward_where_all_is_well_has_no_cause(ward: Ward):
    ward.enrol()
    ward.result(1)
    ward.tick()
    assert Auditor(ward.store, {}).round(0.0) == []


def test_a_case_that_is_due_and_that_nobody_looks_at_is_named_after_a_minute(ward: Ward):
    ward.enrol()
    ward.tick()
    auditor = Auditor(ward.store, {})
    ward.stand(6 * HOUR)
    assert alarms(auditor, DUE_S - 1) == set()
    assert alarms(auditor, DUE_S) == {"case_unlooked"}
    ward.tick()
    assert alarms(auditor, DUE_S) == set()


def test_a_rung_that_a_wrong_next_look_hides_is_found(ward: Ward):
    ward.enrol()
    ward.tick()
    ward.tamper("UPDATE case_head SET next_look = next_look + 3600000000000")
    ward.stand(30 * HOUR)
    assert alarms(Auditor(ward.store, {}), DUE_S) == {"due_unrung"}
    ward.made.engine.look("c1")
    ward.tick()
    assert alarms(Auditor(ward.store, {}), DUE_S) == set()


def test_an_obligation_that_was_never_opened_is_found(ward: Ward):
    ward.enrol()
    ward.tick()
    head, case = ward.store.head("c1"), ward.made.engine.case("c1")
    assert head is not None
    assert list(about_obligations(ward.made, head, case, ward.clock.now())) == []
    # As an engine would leave it behind that forgot one: there is no command to reach this.
    name, *others = case.open
    forgot = replace(case, open={key: case.open[key] for key in others})
    found = list(about_obligations(ward.made, head, forgot, ward.clock.now()))
    assert [(each.code, each.about) for each in found] == [("obligation_missing", f"c1 {name[0]}")]


def test_a_rung_without_its_notice_is_found(ward: Ward):
    ward.enrol()
    ward.tick()
    auditor = Auditor(ward.store, {})
    ward.stand(6 * HOUR)
    ward.tick()
    assert alarms(auditor, RACE_S) == set()
    ward.tamper("DELETE FROM notice")
    assert "due_without_notice" in alarms(again(auditor), RACE_S)


def again(auditor: Auditor) -> Auditor:
    """The auditor, who asks about every case anew."""
    auditor._read.clear()
    return auditor


def test_a_notice_that_nobody_can_send_is_named_after_two_minutes(ward: Ward):
    ward.enrol()
    auditor = Auditor(ward.store, {})
    ward.stand(6 * HOUR)
    ward.tick(carried=False)
    assert "notice_unsent" not in alarms(auditor, UNSENT_S - 1)
    assert "notice_unsent" in alarms(auditor, UNSENT_S)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE reminder SET due_at = due_at + 1",
        "UPDATE reminder SET status = 'done', closed_at = 1",
        "DELETE FROM reminder WHERE ordinal = 1",
    ],
    ids=["moved", "closed", "gone"],
)
def test_a_reminder_row_that_is_not_what_its_events_say_is_found(ward: Ward, change: str):
    ward.enrol()
    ward.result(1)
    ward.tick()
    ward.tamper(change)
    assert alarms(Auditor(ward.store, {}), RACE_S) == {"rows_differ"}


def test_a_broken_chain_is_told_as_a_stream_that_refuses_appends(ward: Ward):
    ward.enrol()
    ward.tick()
    ward.tamper("UPDATE case_head SET position = position + 1")
    assert alarms(Auditor(ward.store, {}), RACE_S) == {"record_damaged"}


def test_a_store_whose_writer_never_lets_go_refuses_appends(ward: Ward, monkeypatch: pytest.MonkeyPatch):
    ward.enrol()
    ward.tick()

    def refused(case: str):
        raise StoreRefused("another process writes", "a turn", "see which process holds the file")

    auditor = Auditor(ward.store, {})
    monkeypatch.setattr(ward.store, "write", refused)
    assert alarms(auditor) == {"appends_refused"}


def test_a_feed_that_is_silent_for_longer_than_is_usual_is_named_and_clears_with_the_next_result(ward: Ward):
    ward.enrol()
    ward.result(1)
    auditor = Auditor(ward.store, {"lab": HOUR})
    ward.stand(HOUR)
    ward.tick()
    assert "feed_silent" not in alarms(auditor)
    ward.stand(SECOND)
    assert "feed_silent" in alarms(auditor)
    ward.result(2)
    assert "feed_silent" not in alarms(auditor)


def test_a_channel_that_fails_and_an_alarm_about_it_that_is_not_sent_are_told(ward: Ward):
    auditor = Auditor(ward.store, {})
    channel_down(ward.store, "gateway", "ConnectionError", ward.clock.now(), ward.clock.now())
    assert alarms(auditor, UNSENT_S) == {"channel_failing", "notice_unsent"}
    channel_up(ward.store, "gateway", Instant(ward.clock.now() + 1))
    ward.tick()
    assert alarms(auditor, UNSENT_S) == set()


def test_an_alarm_about_a_roster_that_is_not_sent_is_told(ward: Ward):
    by = By("admin", "administrator")
    ward.do(KeepRoster(id="k1", by=by, role="nurse", ward="H1"))
    assert "notice_unsent" in alarms(Auditor(ward.store, {}), UNSENT_S)
    ward.tick()
    assert "notice_unsent" not in alarms(Auditor(ward.store, {}), UNSENT_S)


def test_glass_that_nobody_reviews_is_an_alarm_after_three_days_and_its_unsent_notice_after_two_minutes(ward: Ward):
    from ward.demonstration.people import invite

    ward.enrol()
    invite(ward.made)
    nurse = By("nurse.anna", "nurse", "person", "demonstration")
    ward.do(BreakGlass(id="g1", by=nurse, account="nurse.anna", patient_case="c1", reason="bleeding"))
    ward.stand(72 * HOUR - SECOND)
    assert "glass_unreviewed" not in alarms(Auditor(ward.store, {}))
    assert "notice_unsent" in {each.code for each in about_glass(ward.made, ward.clock.now())}
    ward.stand(SECOND)
    assert "glass_unreviewed" in alarms(Auditor(ward.store, {}))
    auditor = By("auditor", "auditor", "person", "demonstration")
    ward.do(ReviewBreakGlass(id="g2", by=auditor, number=1, choice="justified", reason="the patient bled"))
    assert "glass_unreviewed" not in alarms(Auditor(ward.store, {}))


def test_the_auditor_writes_its_own_heartbeat_and_nothing_else(ward: Ward):
    ward.enrol()
    ward.tick()
    before = ward.path.read_bytes(), ward.path.with_name("ward.db-wal").exists()
    beats, heads = ward.store.beats(), ward.store.heads(closed=True)
    auditor = Auditor(ward.store, {"lab": HOUR})
    auditor.round(0.0)
    auditor.round(AGAIN_S)
    now = ward.store.beats()
    assert now.pop(BEAT) > 0
    assert (now, ward.store.heads(closed=True)) == (beats, heads)
    assert (ward.path.read_bytes(), ward.path.with_name("ward.db-wal").exists()) == before


def test_where_heartbeats_are_refused_the_watchdog_says_why(ward: Ward):
    ward.tamper("CREATE TRIGGER full BEFORE INSERT ON heartbeat BEGIN SELECT RAISE(ABORT, 'no room'); END")
    found = [each for each in Auditor(ward.store, {}).round(0.0) if each.code == "appends_refused"]
    assert [each.patience_s for each in found] == [0]
    assert "no room" in found[0].happened
    ward.tamper("DROP TRIGGER full")
    assert "appends_refused" not in alarms(Auditor(ward.store, {}))


def test_a_ward_whose_ticks_are_refused_is_heard_from_outside_though_the_disk_takes_writes_again(ward: Ward):
    standstill.say(ward.store, read_only())
    standstill.say(ward.store, ValueError("another error says nothing of the store"))
    (found,) = [each for each in Auditor(ward.store, {}).round(0.0) if each.code == "appends_refused"]
    assert "store_read_only" in found.happened
    assert found.mend == read_only().mend
    standstill.clear(ward.store)
    assert "appends_refused" not in alarms(Auditor(ward.store, {}))


def test_a_case_that_is_due_for_erasure_is_a_note_and_all_is_well(ward: Ward):
    ward.enrol()
    reasons = {"why_in_error": "wrong patient"}
    ward.do(
        Transition(
            id="l", case="c1", by=DOCTOR, transition="entered_in_error", second="Dr B", reason="wrong", reasons=reasons
        )
    )
    assert "erasure_due" not in alarms(Auditor(ward.store, {}))
    ward.stand(31 * 366 * 24 * HOUR)
    found = [each for each in Auditor(ward.store, {}).round(0.0) if each.code == "erasure_due"]
    assert [(each.note, each.happened) for each in found] == [(True, "due for erasure: 1")]


def test_a_note_is_told_and_wakes_nobody(tmp_path: Path):
    said: list[str] = []
    teller = Teller(SystemClock(), lambda _, line: said.append(line), f"touch {tmp_path / 'woken'}")
    note = replace(cause("erasure_due"), note=True)
    teller.tell(Told((note,)))
    teller.finish(1.0)
    assert [line.split()[1:3] for line in said] == [["NOTE", "erasure_due:"]]
    assert not (tmp_path / "woken").exists()
    teller.tell(Told((cause("due_unrung"),)))
    teller.finish(5.0)
    assert (tmp_path / "woken").exists()


def test_a_store_that_is_not_there_is_an_alarm_and_not_the_end(tmp_path: Path):
    watch = Watch(lambda: open_store(tmp_path / "nowhere.db"), {})
    assert watch.look().raised == ()
    watch.start()
    for thread in watch._threads:
        thread.join(0.5)
    raised = {each.code for each in watch.look().raised}
    watch.stop()
    assert raised == {"store_unreadable"}
    assert not watch.well
