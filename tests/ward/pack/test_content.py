"""The content of a pack: all that was on the record by a moment, in words with its numbers, and nothing else."""

import time

import pytest

from pathway.clinical.instant import SECOND, Instant
from tests.case.ward import CASE, Ward, t
from tests.ward.pack.conftest import looks, person
from ward.door import Door
from ward.errors import Denied, NotFound, NotUnderstood
from ward.pack.content import Pack, content
from ward.pack.files import as_zip, files
from ward.pack.section import Section
from ward.web.moment import DAY
from ward.wiring import House


def section(pack: Pack, key: str) -> Section:
    """One section."""
    return next(each for each in pack.sections if each.key == key)


def said(pack: Pack, key: str) -> str:
    """All that a section says."""
    return "\n".join(str(cell) for row in section(pack, key).rows for cell in row)


def records(pack: Pack) -> bytes:
    """Every file of a pack that can be read as text."""
    return b"".join(body for name, body in files(pack).items() if not name.endswith((".pdf", ".py")))


# --- the same record gives the same bytes ----------------------------------------------------------------------------


def test_the_same_record_gives_the_same_bytes_a_month_later_and_after_others_looked(ward: Ward, house: House):
    first = as_zip(content(house, CASE))
    ward.clock.set(Instant(ward.clock.now() + 30 * DAY))
    looks(house, "nurse.anna", "case")
    assert as_zip(content(house, CASE)) == first


def test_the_bytes_do_not_depend_on_the_zone_of_the_machine(house: House, monkeypatch: pytest.MonkeyPatch):
    first = as_zip(content(house, CASE))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert as_zip(content(house, CASE)) == first
    finally:
        monkeypatch.undo()
        time.tzset()


def test_making_a_pack_writes_nothing(ward: Ward, house: House):
    before = ward.store.head(CASE), ward.store.notices(), len(ward.store.accesses())
    as_zip(content(house, CASE, identified=True))
    assert (ward.store.head(CASE), ward.store.notices(), len(ward.store.accesses())) == before


@pytest.mark.parametrize("position", [3, 240, 300])
def test_a_pack_up_to_an_event_is_the_one_that_was_made_then(ward: Ward, house: House, position: int):
    """Nothing that came later is in it: the same bytes come from a store that ends there."""
    then = content(house, CASE, position)
    assert [each.event.position for each in then.events] == list(range(1, position + 1))
    body = records(then)
    for later in ward.engine.timeline(CASE)[position:]:
        if (said_at := later.recorded_at) > then.cut.known:
            assert str(said_at).encode() not in body


def test_a_pack_as_known_at_a_moment_holds_no_event_and_no_look_after_it(ward: Ward, house: House):
    looks(house, "nurse.anna", "case")
    ward.clock.set(t("7 09:00"))
    looks(house, "physician.emil", "case")
    pack = content(house, CASE, known=t("6 12:00"))
    assert pack.cut.position == len(ward.engine.timeline(CASE))
    assert "nurse.anna" in said(pack, "looks")
    assert "physician.emil" not in said(pack, "looks")
    early = content(house, CASE, known=t("3 12:00"))
    assert b"ZBTB16" not in records(early)
    assert "ZBTB16" in said(content(house, CASE), "decisions")


def test_a_moment_that_is_none_is_refused(ward: Ward, house: House):
    with pytest.raises(NotUnderstood):
        content(house, CASE, known=Instant(ward.clock.now() + SECOND))
    with pytest.raises(NotUnderstood):
        content(house, CASE, 3, t("3 12:00"))
    for position in (0, len(ward.engine.timeline(CASE)) + 1):
        with pytest.raises(NotFound):
            content(house, CASE, position)
    with pytest.raises(NotFound):
        content(house, CASE, known=t("1 08:00"))
    for case in ("nobody", "site/accounts"):
        with pytest.raises(NotFound):
            content(house, case)


# --- what is in it ---------------------------------------------------------------------------------------------------


def test_a_correction_hides_nothing_old_value_new_value_author_and_time_stand_side_by_side(house: House):
    ((target, old, first, position, recorded, new, _, author),) = section(content(house, CASE), "corrections").rows
    assert "160 mg/dL" in str(old)
    assert "106 mg/dL" in str(new)
    assert "laboratory" in str(first)
    assert "laboratory" in str(author)
    assert int(str(target)) < int(str(position))
    assert recorded.at == t("5 09:00")  # type: ignore[union-attr]  # a cell with a time


def test_a_decision_names_the_events_on_which_it_rested_in_words(house: House):
    rows = {str(row[2]): str(row[3]) for row in section(content(house, CASE), "decisions").rows}
    found = next(grounds for words, grounds in rows.items() if "Variant confirmed, resistant" in words)
    assert "ZBTB16" in found
    assert found.startswith("event ")


def test_what_was_refused_stands_with_its_code(house: House):
    ((_, what, why, who),) = section(content(house, CASE, known=t("6 10:30")), "refusals").rows
    assert str(what) == "RequestTherapy"
    assert why
    assert "physician" in str(who) or "haematologist" in str(who)
    assert section(content(house, CASE, known=t("6 09:30")), "refusals").rows == ()


def test_every_event_of_every_reminder_stands_in_the_life_of_one_occurrence(ward: Ward, house: House):
    pack = content(house, CASE)
    lives = said(pack, "reminders")
    mine = [
        each for each in pack.events if hasattr(each.event.body, "reminder") and hasattr(each.event.body, "ordinal")
    ]
    assert len(mine) > 100
    for each in mine:
        assert lives.count(f", event {each.event.position}: ") == 1
    ended = [row[4] for row in section(pack, "reminders").rows]
    assert {"done", "open", "no longer needed"} <= set(map(str, ended))


def test_an_answer_stands_with_its_reason_and_author_in_the_life_of_the_reminder_that_asked(ward: Ward, house: House):
    position = Ward.done(ward.answer("M49", "cannot", reason="nobody is reached"))
    lives = {str(row[0]): str(row[5]) for row in section(content(house, CASE), "reminders").rows}
    (title,) = [name for name, life in lives.items() if f", event {position}: " in life]
    assert title.startswith("M49")
    assert "by the haematologist, haematologist" in lives[title]
    assert "Reason: nobody is reached" in lives[title]


def test_a_broken_invariant_and_its_end_stand_out(house: House):
    found = said(content(house, CASE), "deviations")
    assert "I2 BROKEN" in found
    assert "I2 holds again" in found


def test_a_review_stands_with_what_was_said_of_it(ward: Ward, house: House):
    last = [each.position for each in ward.engine.timeline(CASE) if each.type == "ReportRecorded"][-1]
    ward.at("6 11:30").retract(last)
    opened = ward.events("ReviewOpened")
    assert opened
    ward.at("6 11:40").settle(1)
    found = said(content(house, CASE), "reviews")
    assert "review 1 opened" in found
    assert "review 1: confirmed" in found


def test_who_looked_and_who_was_denied_stand_with_the_outcome(ward: Ward, house: House):
    looks(house, "nurse.anna", "case")
    with pytest.raises(Denied):
        Door(house).look(person(house, "admin"), "", "case", (CASE,))
    rows = section(content(house, CASE, known=ward.clock.now()), "looks").rows
    assert [(row[2], row[7]) for row in rows] == [("nurse.anna", "looked"), ("admin", "DENIED")]


def test_the_patient_is_named_only_where_that_was_asked_for(house: House):
    kept = house.engine.identity(CASE)
    assert kept is not None
    names = [word for word in kept.content.decode().split('"') if len(word) > 3 and word[0].isupper()]
    assert names
    pack, named = content(house, CASE), content(house, CASE, identified=True)
    plain = records(pack) + repr(pack.heading).encode() + "".join(each.svg for each in pack.pictures).encode()
    assert [each for each in names if each.encode() in plain] == []
    assert all(each in dict(named.heading)["Patient"] for each in names)
