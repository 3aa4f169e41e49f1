"""Q1 to Q20 on histories made by real commands, each figure calculated by hand. clinical.md 7."""

from itertools import permutations

from pathway.case.commands import Reopen, ReviewOverride
from pathway.case.measure import Cohort, Period
from tests.case.ward import IDENTIFIERS, by, t
from tests.variant_apl.figures import bytes_of, counts, hours, measured, shipped_indicators
from tests.variant_apl.ward import NOW, Apl, standing

HALF_HOUR = 0.5


# --- intervals: in time, late, refused, open, not documented ----------------------------------------------------------


def test_q1_counts_a_first_dose_within_a_day_of_the_enrolment_and_keeps_who_has_none_yet_open():
    given = Apl(exposure=None).at("1 14:00")
    given.therapy("started")
    late = Apl(exposure=None).at("2 10:00")
    late.therapy("started")
    waiting = Apl(exposure=None)
    found = measured(given, late, waiting, now=t("2 08:59"))["Q1"]
    assert (hours(found), counts(found)) == ([5.0, 25.0], {"in_time": 1, "outside": 1, "open": 1})
    assert counts(measured(waiting, now=t("2 09:00"))["Q1"]) == {"not_documented": 1}


def test_q1_tells_a_signed_decision_against_it_from_silence():
    ward = Apl(exposure="never").at("1 10:00")
    ward.done(ward.answer("M39", "not_now", "physician", review_at=t("1 20:00")))
    assert counts(measured(ward)["Q1"]) == {"open": 1}
    assert counts(measured(ward, now=t("3 09:00"))["Q1"]) == {"not_done": 1}


def test_q1_leaves_out_who_had_it_before_and_parts_by_what_pml_rara_was_in_the_end():
    before = Apl(exposure=None).at("1 09:30")
    before.therapy("started", "1 03:00")
    found = measured(before)["Q1"]
    assert (found.excluded, found.total.denominator) == ({"it had happened before": 1}, 0)
    after = Apl(exposure=None).at("1 10:00")
    after.therapy("started")
    after.at("2 10:00").pml("rt_pcr")
    assert [each.group for each in measured(after)["Q1"].groups] == [("negative",)]


def test_q2_counts_a_death_of_the_thirtieth_day_and_not_a_later_one_and_who_left_is_not_documented():
    died = Apl().at("3 09:00")
    died.done(died.die("3 08:00"))
    left = standing("exit.transfer")
    alive = Apl()
    found = measured(died, left, alive, now=t("30 09:00"))["Q2"]
    assert counts(found) == {"in_time": 1, "not_documented": 1, "open": 1}
    assert hours(found) == [48.0]
    assert counts(measured(alive, now=t("31 08:00"))["Q2"]) == {"not_done": 1}


def test_q3_parts_the_deaths_by_whether_an_experienced_centre_was_called():
    called = Apl().at("1 12:00")
    called.finding("expert_called", "called")
    silent = Apl().at("2 09:00")
    silent.done(silent.die("2 08:30"))
    found = measured(called, silent, now=t("31 09:00"))["Q3"]
    assert {each.group[0]: (each.numerator, each.denominator) for each in found.groups} == {
        "called": (0, 1),
        "not documented": (1, 1),
    }


def test_q4_runs_from_the_confirmation_under_tretinoin_to_the_stop():
    ward = Apl(exposure="started").at("3 09:00")
    ward.partner("ZBTB16")
    assert counts(measured(ward)["Q4"]) == {"open": 1}
    ward.at("3 10:30")
    ward.done(ward.stop())
    found = measured(ward)["Q4"]
    assert (counts(found), hours(found)) == ({"in_time": 1}, [1.5])
    assert counts(measured(standing("variant_confirmed.resistant"))["Q4"]) == {}


def test_q4_is_not_done_where_two_persons_signed_to_go_on():
    ward = Apl(exposure="started").at("3 09:00")
    ward.partner("ZBTB16")
    ward.done(ward.answer("M3", "continue", second="another consultant", review_at=t("4 09:00")))
    assert counts(measured(ward)["Q4"]) == {"open": 1}
    left = ward.leave("T27")
    assert left.status == "accepted", left.refusal
    assert counts(measured(ward)["Q4"]) == {"not_done": 1}


def test_q5_runs_from_the_first_negative_report_to_the_named_partner_and_waits_for_those_without_one():
    ward = Apl().at("2 09:00")
    ward.pml("rt_pcr")
    ward.at("4 09:00").pml("dual_fusion_fish")
    ward.at("7 09:00").partner("ZBTB16")
    found = measured(ward, Apl(), standing("exit.transfer"))["Q5"]
    assert hours(found) == [120.0]
    assert counts(found) == {"in_time": 1, "open": 1}
    assert found.excluded == {"no negative PML::RARA report": 1}


def test_q5_forgets_a_report_that_was_amended_to_another_result():
    ward = Apl().at("2 09:00")
    first = ward.pml("rt_pcr")
    ward.at("3 09:00").pml("rt_pcr", "positive", "amended", replaces=first)
    assert counts(measured(ward)["Q5"]) == {"open": 1}


# --- rechecks, products, ranges ---------------------------------------------------------------------------------------


def test_q6_counts_a_recheck_by_its_collection_and_not_by_when_the_result_came():
    ward = Apl().at("1 09:10")
    ward.panel("1 09:05", fibrinogen="90")
    ward.at("1 15:30").lab("fibrinogen", "95", "1 15:00")
    late = Apl().at("1 09:10")
    late.panel("1 09:05", fibrinogen="90")
    late.at("1 17:30").lab("fibrinogen", "95", "1 17:00")
    one, other = (
        [each for each in measured(ward)["Q6"].units if each.lasted_us and "s1" in each.groups] for ward in (ward, late)
    )
    assert [each.outcome for each in one if each.at == t("1 09:05")] == ["in_time"]
    assert [each.outcome for each in other if each.at == t("1 09:05")] == ["outside"]
    assert {each.lasted_us for each in other if each.at == t("1 09:05")} == {t("1 17:00") - t("1 09:05")}


def test_q6_keeps_what_is_not_due_open_and_what_nobody_did_as_not_documented():
    ward = Apl().at("1 09:10")
    ward.panel("1 09:05", fibrinogen="90")
    # The first two were due at the enrolment, since nothing was measured in the two hours before it.
    assert counts(measured(ward)["Q6"]) == {"outside": 2, "open": 2}
    assert counts(measured(ward.look("2 12:00"))["Q6"]) == {"outside": 2, "not_documented": 2}


def test_q7_sums_the_hours_at_and_under_the_line_and_those_of_which_nothing_is_known():
    ward = Apl().at("1 09:10")
    ward.panel("1 09:00", fibrinogen="160")
    ward.at("1 10:00")
    ward.done(ward.begin_7plus3())
    ward.at("1 20:00").lab("fibrinogen", "140", "1 19:00")
    ward.at("2 07:00").lab("fibrinogen", "80", "2 06:00")
    found = measured(ward.look("4 06:00"))
    target, critical = found["Q7.fibrinogen"].total, found["Q7.fibrinogen_critical"].total
    hour = 3_600_000_000
    # In induction from 10:00: 9 h at 160, 11 h at 140, then 36 h at 80, and 12 h of which nothing is known.
    assert (target.in_time, target.outside, target.not_documented) == (9 * hour, 47 * hour, 12 * hour)
    assert (critical.in_time, critical.outside, critical.not_documented) == (20 * hour, 36 * hour, 12 * hour)
    assert (target.denominator, target.running) == (68 * hour, 1)


def test_q8_wants_the_sample_in_its_window_after_the_end_and_a_product_without_an_end_is_not_lost():
    ward = Apl().at("1 10:00")
    ward.product("platelets", "started", "1 09:20", unit_no="u1")
    ward.product("platelets", "ended", "1 09:50", unit_no="u1")
    ward.at("1 10:30").lab("platelets", "40", "1 10:20")
    ward.at("1 12:00").product("platelets", "started", "1 11:00", unit_no="u2")
    ward.product("platelets", "ended", "1 11:30", unit_no="u2")
    ward.at("1 14:00").lab("platelets", "41", "1 13:30")
    ward.product("platelets", "started", "1 13:55", unit_no="u3")
    found = measured(ward)["Q8.platelets"]
    assert counts(found) == {"in_time": 1, "outside": 1, "open": 1}
    assert [each * 60 for each in hours(found)] == [30.0, 120.0]
    ward.done(ward.leave("T27"))
    assert counts(measured(ward)["Q8.platelets"]) == {"in_time": 1, "outside": 1, "not_documented": 1}


def test_q8_counts_products_with_fibrinogen_apart():
    ward = Apl().at("1 10:00")
    ward.product("cryoprecipitate", "started", "1 09:20")
    ward.product("cryoprecipitate", "ended", "1 09:30")
    ward.at("1 10:10").lab("fibrinogen", "140", "1 10:05")
    found = measured(ward)
    assert (counts(found["Q8.fibrinogen"]), counts(found["Q8.platelets"])) == ({"in_time": 1}, {})


def test_q9_runs_from_the_critical_result_on_record_and_one_wait_is_one_unit():
    ward = Apl().at("1 10:00")
    ward.lab("fibrinogen", "90", "1 09:30")
    ward.at("1 10:10").lab("fibrinogen", "85", "1 10:05")
    ward.at("1 10:25").product("cryoprecipitate", "started", "1 10:20")
    ward.at("1 18:00").lab("fibrinogen", "99", "1 17:30")
    ward.at("1 19:00").product("cryoprecipitate", "started", "1 18:45", unit_no="u2")
    ward.at("1 23:00").lab("fibrinogen", "120", "1 22:30")
    found = measured(ward)["Q9.fibrinogen"]
    assert ([each * 60 for each in hours(found)], counts(found)) == ([20.0, 45.0], {"in_time": 1, "outside": 1})


def test_q9_tells_a_signed_no_from_nothing_and_leaves_a_result_that_was_taken_back():
    refused = Apl().at("1 10:00")
    refused.lab("platelets", "12", "1 09:30")
    refused.done(refused.answer("M38", "no_product", "physician", subject="platelets"))
    silent = Apl().at("1 10:00")
    wrong = silent.lab("platelets", "12", "1 09:30")
    found = measured(refused, silent, now=t("1 12:00"))["Q9.platelets"]
    assert counts(found) == {"not_done": 1, "not_documented": 1}
    silent.retract(wrong)
    assert counts(measured(silent)["Q9.platelets"]) == {}


# --- courses ----------------------------------------------------------------------------------------------------------


def test_q10_counts_the_arm_alone_and_keeps_who_has_not_begun_open():
    begun = Apl().at("3 09:00")
    begun.done(begun.begin_7plus3())
    waits = standing("variant_confirmed.resistant")
    other = standing("variant_confirmed.sensitive")
    found = measured(begun, waits, other)["Q10"]
    assert (found.population, counts(found), hours(found)) == (2, {"in_time": 1, "open": 1}, [48.0])


def test_q11_times_each_stretch_on_suspicion_and_says_what_it_went_on_to():
    ward = Apl(exposure=None).at("1 10:00")
    ward.therapy("started")
    ward.at("3 10:00").partner("ZBTB16")
    found = measured(ward, standing("empiric_atra"))["Q11"]
    assert (hours(found), counts(found)) == ([48.0], {"in_time": 1, "open": 1})
    assert [each.group[0] for each in found.groups] == ["not documented", "variant_confirmed.resistant"]


def test_q12_counts_every_dose_of_arsenic_and_the_cases_it_was_given_to():
    ward = Apl().at("2 09:00")
    ward.dose("arsenic_trioxide")
    ward.at("2 21:00").dose("arsenic_trioxide")
    found = measured(ward, Apl(), standing("exit.transfer"))["Q12"]
    assert (found.total.numerator, found.total.events, found.total.denominator) == (1, 2, 3)
    assert counts(found) == {"in_time": 1, "not_done": 1, "open": 1}


def test_q13_counts_maintenance_in_a_resistant_variant_and_not_in_a_sensitive_one():
    resistant, sensitive = standing("variant_confirmed.resistant"), standing("variant_confirmed.sensitive")
    for ward in (resistant, sensitive):
        ward.at("3 09:00").therapy("dose", drug="mercaptopurine")
        ward.therapy("dose", drug="methotrexate")
    found = measured(resistant, sensitive)["Q13"]
    assert (found.total.numerator, found.total.events, found.total.denominator) == (1, 2, 2)


def test_q14_wants_the_marrow_on_day_14_to_21():
    early, right, late, unplanned = (standing("induction.seven_plus_three") for _ in range(4))
    for ward, day in ((early, "10 09:30"), (right, "15 09:30"), (late, "23 09:30")):
        ward.at(day).finding("early_marrow", "cleared")
    unplanned.look("14 12:00")
    unplanned.done(unplanned.answer("M28", "not_planned"))
    found = measured(early, right, late, unplanned, now=t("24 09:00"))["Q14"]
    assert counts(found) == {"in_time": 1, "outside": 2, "not_done": 1}


def test_q15_counts_a_remission_by_partner_and_takes_another_response_as_the_last_word_only_at_the_end():
    remission = standing("variant_confirmed.resistant")
    remission.at("2 09:30")
    remission.done(remission.begin_7plus3())
    remission.at("25 09:30").respond("cri")
    partial = standing("induction.seven_plus_three").at("25 09:30")
    partial.respond("pr")
    found = measured(remission, partial)["Q15"]
    assert (counts(found), hours(found)) == ({"in_time": 1, "open": 1}, [23 * 24.0])
    assert [each.group[0] for each in found.groups] == ["ZBTB16", "not documented"]
    partial.done(partial.leave("T28"))
    assert counts(measured(partial)["Q15"]) == {"not_done": 1}


def test_q16_tells_signs_that_were_looked_for_from_those_that_nobody_looked_for():
    seen, clear, silent = (Apl(exposure="started") for _ in range(3))
    seen.at("4 09:00").finding("differentiation_signs", "suspected")
    clear.at("4 09:00").finding("differentiation_signs", "none")
    for ward in (clear, silent):
        ward.done(ward.at("5 09:00").leave("T27"))
    found = measured(seen, clear, silent)["Q16.signs"]
    assert (counts(found), hours(found)) == ({"in_time": 1, "not_done": 1, "not_documented": 1}, [72.0])


def test_q16_runs_from_the_first_sign_to_dexamethasone():
    ward = Apl(exposure="started")
    ward.at("4 09:00").finding("differentiation_signs", "suspected")
    ward.at("4 09:20").finding("differentiation_signs", "severe")
    ward.at("4 09:40").therapy("dose", "4 09:30", drug="dexamethasone", form="intravenous")
    found = measured(ward)["Q16.dexamethasone"]
    assert (hours(found), counts(found)) == ([HALF_HOUR], {"in_time": 1})


def test_q17_wants_the_search_by_day_7_and_the_decision_by_remission():
    ward = standing("induction.seven_plus_three")
    ward.at("6 09:30").finding("donor", "search_runs")
    assert counts(measured(ward)["Q17.search"]) == {"in_time": 1}
    assert counts(measured(ward)["Q17.donor"]) == {"open": 1}
    ward.at("20 09:30").finding("transplant_board", "transplant")
    ward.at("25 09:30").respond("cr")
    found = measured(ward)["Q17.donor"]
    assert (counts(found), hours(found)) == ({"in_time": 1}, [-5 * 24.0])
    late = standing("induction.seven_plus_three").at("25 09:30")
    late.respond("cr")
    late.at("26 09:30").finding("transplant_board", "no_transplant")
    assert counts(measured(late)["Q17.donor"]) == {"outside": 1}


def test_q17_leaves_out_who_never_came_to_a_remission():
    ward = standing("induction.seven_plus_three").at("9 09:30")
    ward.done(ward.die("9 09:00"))
    assert measured(ward)["Q17.donor"].excluded == {"no remission before the end": 1}


def test_q18_counts_deaths_within_30_and_60_days_of_the_first_course():
    died, alive = standing("induction.seven_plus_three"), standing("induction.seven_plus_three")
    died.at("11 09:30")
    died.done(died.die("11 09:30"))
    found = measured(died, alive, now=t("1 09:30") + 30 * 86_400_000_000)
    assert (counts(found["Q18.30"]), hours(found["Q18.30"])) == ({"in_time": 1, "not_done": 1}, [240.0])
    assert counts(found["Q18.60"]) == {"in_time": 1, "open": 1}


# --- what stands out --------------------------------------------------------------------------------------------------


def overridden() -> Apl:
    """Tretinoin begun in a resistant variant, signed by two."""
    ward = standing("variant_confirmed.resistant").at("3 09:00")
    asked = ward.ask_for(
        "tretinoin", who=by("haematologist"), second="the consultant", reason="expert advice", override=True
    )
    assert asked.status == "accepted", asked.refusal
    return ward


def test_q19_lists_every_override_by_rule_and_role_and_whether_it_was_looked_at_in_time():
    ward = overridden()
    found = measured(ward)["Q19"]
    assert counts(found) == {"open": 1}
    assert found.groups[0].group == ("start_tretinoin", "haematologist", "not documented")
    signed = next(each.position for each in ward.engine.timeline("c1") if each.type == "OverrideSigned")
    ward.at("3 21:00")
    looked = ward.do(
        ReviewOverride,
        by("haematologist"),
        position=signed,
        choice="ended",
        reason="no effect",
        second="the consultant",
    )
    assert looked.status == "accepted", looked.refusal
    found = measured(ward)["Q19"]
    assert (counts(found), hours(found)) == ({"in_time": 1}, [12.0])
    assert found.groups[0].group == ("start_tretinoin", "haematologist", "ended")


def test_q19_counts_a_decision_to_go_on_until_it_is_stopped():
    ward = Apl(exposure="started").at("3 09:00")
    ward.partner("ZBTB16")
    ward.done(ward.answer("M3", "continue", second="another consultant", review_at=t("4 09:00")))
    ward.at("3 20:00")
    ward.done(ward.stop())
    found = measured(ward)["Q19.continue"]
    assert (counts(found), hours(found)) == ({"in_time": 1}, [11.0])


def test_q20_keeps_a_result_after_the_exit_open_until_somebody_was_told():
    ward = standing("exit.transfer").at("3 09:00")
    ward.partner("ZBTB16")
    found = measured(ward, Apl())["Q20"]
    assert (found.population, counts(found)) == (1, {"open": 1})
    ward.at("3 13:00")
    ward.done(ward.answer("M47", "told"))
    found = measured(ward)["Q20"]
    assert (counts(found), hours(found)) == ({"in_time": 1}, [4.0])


# --- of all of them ---------------------------------------------------------------------------------------------------


def stories() -> tuple[Apl, ...]:
    """Histories of several kinds, open and closed."""
    under = Apl(exposure="started").at("3 09:00")
    under.panel("3 08:30", fibrinogen="90", platelets="20")
    under.partner("ZBTB16")
    return (under, overridden(), standing("exit.transfer"), standing("induction.seven_plus_three"), leaving_in_error())


def leaving_in_error() -> Apl:
    """A case that was entered in error."""
    return standing("exit.entered_in_error")


def test_the_outcomes_of_every_indicator_are_its_denominator():
    for result in measured(*stories(), now=NOW).values():
        for tally in (result.total, *result.groups):
            parts = (tally.in_time, tally.outside, tally.not_done, tally.not_documented, tally.open)
            assert sum(parts) == tally.denominator, result.form.id


def test_the_groups_of_every_indicator_are_the_whole():
    for result in measured(*stories(), now=NOW).values():
        if result.groups:
            assert sum(each.denominator for each in result.groups) == result.total.denominator, result.form.id


def test_the_order_of_the_cases_changes_nothing():
    held = [(f"c{number}", bytes_of(ward)) for number, ward in enumerate(stories()[:4])]
    seen = []
    for some in permutations(held):
        cohort = Cohort(shipped_indicators(), NOW)
        for case, canonical in some:
            cohort.add(case, canonical)
        seen.append(cohort.results())
    assert all(each == seen[0] for each in seen)


def test_an_open_case_is_in_every_denominator_that_it_belongs_to():
    alone = measured(Apl(exposure=None))
    for name in ("Q1", "Q2", "Q3", "Q5", "Q12", "Q13"):
        assert counts(alone[name]) == {"open": 1}, name


def test_a_case_entered_in_error_is_left_out_with_its_reason_but_never_of_what_must_be_none():
    found = measured(leaving_in_error())
    assert found["Q2"].excluded == {"entered in error": 1}
    assert found["Q12"].total.denominator == 1


def test_a_period_holds_what_began_in_it():
    ward = Apl(exposure=None).at("1 14:00")
    ward.therapy("started")
    assert counts(measured(ward, period=Period(t("1 09:00"), t("1 09:01")))["Q1"]) == {"in_time": 1}
    assert counts(measured(ward, period=Period(t("1 09:01"), None))["Q1"]) == {}
    assert counts(measured(ward, period=Period(None, t("1 09:00")))["Q1"]) == {}


def test_an_exit_that_was_taken_back_leaves_the_case_open():
    ward = standing("exit.transfer")
    assert counts(measured(ward)["Q3"]) == {"not_documented": 1}
    told = ward.do(Reopen, by("consultant"), reason="it was another patient", identifiers=IDENTIFIERS)
    assert told.status == "accepted", told.refusal
    assert counts(measured(ward)["Q3"]) == {"open": 1}
