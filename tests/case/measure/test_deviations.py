"""What stands out in a history: from when, until when, who knew, who was told, what ended it."""

from pathway.case.measure import Deviation, deviations
from tests.case.ward import CASE, SHIPPED, Ward, by, t
from tests.variant_apl.figures import bytes_of
from tests.variant_apl.ward import Apl, standing

HOUR = 3_600_000_000


def stood(ward: Ward) -> list[Deviation]:
    """What stood out in the ward's case."""
    return list(deviations(bytes_of(ward), SHIPPED))


def of(ward: Ward, sort: str) -> Deviation:
    """The only one of a sort."""
    (found,) = [each for each in stood(ward) if each.sort == sort]
    return found


def exposed() -> Apl:
    """Under tretinoin, the next dose stated, then a resistant variant confirmed."""
    ward = Apl(exposure=None).at("3 03:10")
    ward.therapy("started", next_dose_at=t("3 08:00"))
    ward.partner("ZBTB16")
    return ward


def test_a_condition_that_ended_before_its_deadline_did_not_stand_out():
    ward = exposed()
    ward.at("3 07:00")
    ward.done(ward.stop())
    assert stood(ward.look("4 09:00")) == []


def test_a_broken_invariant_goes_on_until_what_ended_it():
    ward = exposed().look("3 09:00")
    found = of(ward, "invariant")
    assert (found.rule, found.began_at, found.broken_at, found.ended_at) == ("I2", t("3 03:10"), t("3 08:00"), None)
    assert found.lasted_us(t("3 09:10")) == 6 * HOUR
    ward.at("3 10:10")
    ward.done(ward.stop())
    found = of(ward, "invariant")
    assert (found.ended_at, found.done, found.done_by) == (t("3 10:10"), "tretinoin stopped", "the haematologist")
    assert found.lasted_us(t("9 09:00")) == 7 * HOUR


def test_it_says_who_was_told_when_and_who_took_note():
    ward = exposed().look("3 08:30")
    ward.acknowledge("M3", "physician")
    found = of(ward.look("3 09:00"), "invariant")
    assert found.told[0].at == t("3 03:10")
    assert {"haematologist", "charge_nurse"} <= {role for each in found.told for role in each.to}
    broken = [each for each in found.told if each.what == "invariant broken"]
    # Time brought it, and the look that noticed came half an hour later.
    assert [(each.at, each.to) for each in broken] == [(t("3 08:30"), ("consultant",))]
    assert [(each.actor, each.at, each.how) for each in found.knew] == [
        ("the nurse", t("3 03:10"), "recorded a drug"),
        ("the physician", t("3 08:30"), "acknowledged"),
    ]


def test_a_prohibited_act_that_was_reported_is_one_with_whoever_did_it():
    ward = Apl().at("2 09:00")
    ward.dose("arsenic_trioxide", "2 08:00")
    found = of(ward, "prohibited")
    assert (found.rule, found.by, found.role, found.done) == (
        "start_arsenic_trioxide",
        "the nurse",
        "nurse",
        "arsenic trioxide dose",
    )
    assert (found.began_at, found.ended_at, found.broken_at) == (t("2 08:00"), t("2 08:00"), t("2 09:00"))
    assert found.told[0].to == ("haematologist", "consultant", "pharmacist")


def test_an_override_stands_out_until_it_was_looked_at_again():
    ward = standing("variant_confirmed.resistant").at("3 09:00")
    asked = ward.ask_for(
        "tretinoin", who=by("haematologist"), second="the consultant", reason="expert advice", override=True
    )
    assert asked.status == "accepted", asked.refusal
    found = of(ward, "override")
    assert (found.rule, found.by, found.second) == ("start_tretinoin", "the haematologist", "the consultant")
    assert (found.began_at, found.due_at, found.ended_at) == (t("3 09:00"), t("4 09:00"), None)


def test_a_result_after_the_exit_stands_out_until_somebody_was_told():
    ward = standing("exit.transfer").at("3 09:00")
    ward.partner("ZBTB16")
    found = of(ward, "unread")
    assert (found.rule, found.began_at, found.ended_at) == ("M47", t("3 09:00"), None)
    assert {role for each in found.told for role in each.to} == {"consultant"}
    ward.at("3 13:00")
    ward.done(ward.answer("M47", "told"))
    assert of(ward, "unread").ended_at == t("3 13:00")


def test_two_breaches_of_one_invariant_are_two():
    ward = exposed().look("3 09:00")
    ward.done(ward.stop())
    ward.at("5 09:00").therapy("dose")
    ward.look("6 09:00")
    found = [each for each in stood(ward) if each.sort == "invariant"]
    assert [each.ended_at for each in found] == [t("3 09:00"), None]
    assert {each.case for each in found} == {CASE}
