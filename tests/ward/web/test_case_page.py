"""The page of one patient, its timeline by two clocks, and the replay."""

import re

import msgspec

from pathway.case.picture import HandedFactSeen, HandedItemSeen, HandedSeen, RungSeen
from tests.ward.web.conftest import words
from tests.ward.web.samples import HOSTILE, HOUR, MIN, NOW, Ward, lab, picture, reminder


def line(page: str, position: int) -> str:
    """The words of one event of the timeline."""
    found = re.search(rf'(?s)<tr[^>]*id="event-{position}".*?</tr>', page)
    assert found
    return words(found.group())


def test_the_banner_says_name_born_sex_and_number_in_this_order(client):
    said = words(client.get("/case/k7a").text)
    assert "BEISPIEL, Anna (Ms) INVENTED Born 14-Jul-1981 (44 y) Sex female NHS number 999 000 1234" in said
    assert "Now in H3, bed 4" in said


def test_what_is_not_known_of_a_person_says_so(client):
    assert "Name not known DE-IDENTIFIED Born Not known Sex Not known" in words(client.get("/case/c10").text)


def test_both_regions_have_their_strip(client):
    page = client.get("/case/k7a").text
    assert page.count('<ol class="strip"') == 2
    assert re.findall(r'aria-current="step">.*?class="stage">([^<]*)', page) == [
        "Variant confirmed, resistant",
        "Coagulation supervised",
    ]


def test_a_reminder_shows_its_ladder_its_reason_and_its_source(client):
    said = words(client.get("/case/k7a").text)
    assert "Critical, overdue at once; open since 03:10 (12 min) Tretinoin must stop" in said
    assert "0 haematologist, charge nurse, pharmacist reached at 03:10, paused until 04:10" in said
    assert "2 physician comes at 03:40" in said
    assert "Why, and who is told class is resistant (ZBTB16::RARA, final, recorded 05-Mar-2026 03:10)" in said
    assert "Ends by what is done, or by a signed answer: continue. Source R24, R32, M3." in said


def test_what_comes_later_says_from_when_it_may_be_done(browse):
    page = browse(Ward(picture(reminders=(reminder(due_us=9 * HOUR),)))).get("/case/k7a").text
    assert "Level s1. Not before 11:52." in words(page)


def test_refused_requests_proposals_and_flags_stand_with_their_reasons(client):
    said = words(client.get("/case/k7a").text)
    assert "arsenic trioxide: order, start arsenic trioxide is refused without PML::RARA Cannot be signed for." in said
    assert "Cannot be signed for. Why PML::RARA is negative by two methods" in said
    assert "Can be signed for with a reason by haematologist, consultant." in said
    assert "7+3: cytarabine with daunorubicin or idarubicin Why class is resistant" in said
    assert "Invariant, open 05-Mar-2026 03:10 Tretinoin in a confirmed resistant variant" in said


def test_what_is_missing_stands_beside_what_is_due_with_its_reason(client):
    said = words(client.get("/case/c10").text)
    missing = said[said.index("Missing or cannot be said") :]
    assert missing.index("Fibrinogen never recorded") < missing.index("Platelets older than 36 h; last 22")
    assert missing.index("Platelets older") < missing.index("tretinoin nobody has said whether it is taken")
    assert missing.index("tretinoin nobody") < missing.index("Rise of the fibrin marker never recorded")


def test_a_gap_is_never_left_out_however_many_there_are(browse):
    labs = tuple(lab(f"marker_{at}", "", "cannot_say", why="never recorded") for at in range(9))
    page = browse(Ward(picture(labs=labs, facts=(), exposures=()))).get("/case/k7a").text
    assert "3 more" in words(page)
    assert all(f"Marker {at} never recorded" in words(page) for at in range(9))


def test_what_can_wait_is_brief_and_what_cannot_is_not(browse):
    waits = reminder(
        "pregnancy", 5 * HOUR, state="due", title="Pregnancy", text="Ask and test.", not_before=None, subject=""
    )
    page = browse(Ward(picture(reminders=(waits, reminder(due_us=-35 * MIN))))).get("/case/k7a").text
    assert re.findall(r'<li class="need ([a-z ]+)">\s*<p class="state">', page) == ["overdue", "due brief"]
    assert "Pregnancy What, why, and who is told Ask and test." in words(page)


def test_without_scripts_the_page_comes_anew_but_not_while_a_reason_is_being_read(client):
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in client.get("/case/k7a").text


def test_a_fact_that_cannot_be_said_says_so_first(client):
    assert "Rise of the fibrin marker Cannot say: never recorded" in words(client.get("/case/k7a").text)


def test_the_laboratory_table_shows_collected_and_recorded(client):
    said = words(client.get("/case/k7a").text)
    assert "35 min ago collected 05-Mar-2026 02:47 recorded 05-Mar-2026 03:10" in said


def test_a_value_without_lines_is_not_called_on_target(client):
    assert "INR 1.7 falling No target set" in words(client.get("/case/k7a").text)


def test_the_timeline_shows_both_clocks_and_how_much_later_it_was_learned(client):
    page = client.get("/case/k7a").text
    assert line(page, 7).startswith(
        "Event 7 Occurred 05-Mar-2026 02:47 Recorded 05-Mar-2026 03:10 23 min later Fibrinogen 92 mg/dL"
    )


def test_the_timeline_is_newest_first(client):
    positions = [int(each) for each in re.findall(r'id="event-(\d+)"', client.get("/case/k7a").text)]
    assert positions == sorted(positions, reverse=True)
    assert len(positions) == 9


def test_a_correction_is_shown_at_the_correction_and_at_what_it_corrects(client):
    page = client.get("/case/k7a").text
    assert "corrects event 4" in line(page, 6)
    assert "corrected by event 6" in line(page, 4)
    assert "retracts event 2" in line(page, 5)
    assert "retracted by event 5" in line(page, 2)


def test_a_long_timeline_is_cut_and_says_what_is_not_shown(browse, ward):
    ward.events = ward.events * 30
    browser = browse(ward)
    assert "220 older events are not shown. Show every event" in words(browser.get("/case/k7a").text)
    assert browser.get("/case/k7a?timeline=all").text.count('id="event-') == 270


def test_times_are_shown_in_the_zone_of_the_site(browse):
    page = browse(Ward(picture(zone="America/New_York"))).get("/case/k7a").text
    assert "Occurred 04-Mar-2026 20:47 Recorded 04-Mar-2026 21:10" in line(page, 7)


def test_looking_at_a_patient_is_logged(browse, ward):
    browser = browse(ward)
    browser.get("/case/k7a")
    browser.get("/case/k7a")
    browser.get("/case/c2")
    assert ward.looks == [("case", ("k7a",)), ("case", ("c2",))]


def test_an_unknown_case_is_not_found_and_not_logged_and_not_echoed(browse, ward):
    answer = browse(ward).get("/case/MEIER-1970")
    assert answer.status_code == 404
    assert "MEIER" not in answer.text
    assert ward.looks == []


def test_a_replay_is_watermarked_and_shows_no_reminder_as_if_it_were_due(client):
    page = client.get("/case/k7a/replay").text
    assert '<p class="watermark" aria-hidden="true">REPLAY</p>' in page
    assert "Not the present: do not act on it." in words(page)
    found = re.findall(r"<strong>((?:Critical|Overdue|Due|Later)\b[^<]*)</strong> <span class=\"when\"", page)
    assert found
    assert all(each.endswith(" then") for each in found)
    assert "data-live" not in page


def test_a_replay_has_no_form_but_the_one_that_chooses_the_clocks(client):
    forms = re.findall(r"<form[^>]*>", client.get("/case/k7a/replay").text.partition("<main")[2])
    assert forms == ['<form class="clocks" method="get" action="/case/k7a/replay">']


def test_a_reminder_from_a_rung_whose_time_passed_unrung_says_so(browse):
    passed = reminder(rungs=(RungSeen(1, ("pharmacist",), NOW, reached=False),))
    page = browse(Ward(picture(reminders=(passed,), labs=(lab(),)))).get("/case/k7a").text
    assert "1 pharmacist not rung; its time was 03:22" in words(page)


def handed(**changes: object) -> HandedSeen:
    """The patient went elsewhere, with a result on its way."""
    item = HandedItemSeen("result", "rar_partner", "pending result Partner", "the receiver", None)
    fact = HandedFactSeen("fibrinogen", "Fibrinogen", True, f"fibrinogen 92 mg/dL {HOSTILE}", NOW)
    plain = HandedSeen("exit.transfer", "Exit: transfer", (item,), (fact,), f"Dr {HOSTILE}", NOW, "c77")
    return msgspec.structs.replace(plain, **changes)


def test_what_an_exit_handed_over_stands_on_the_page_with_who_takes_it(browse):
    page = browse(Ward(picture(closed=True, handed=handed()))).get("/case/k7a").text
    said = words(page)
    assert "Handed over at Exit: transfer" in said
    assert "pending result Partner Taken over by the receiver" in said
    assert "fibrinogen 92 mg/dL" in said
    assert 'href="/case/c77"' in page
    assert HOSTILE not in page


def test_a_merged_case_points_to_the_one_that_goes_on(browse):
    page = browse(Ward(picture(closed=True, merged_into="c78"))).get("/case/k7a").text
    assert "It goes on in case c78" in words(page)
    assert 'href="/case/c78"' in page
