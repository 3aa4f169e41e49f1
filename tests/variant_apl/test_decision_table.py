"""D1 to D26: every combination of knowledge, exposure and severity finds its row, and the row says what follows.

clinical.md 1.3 (the table is total), safety.md 2.3, C1, C2, C20. Precedence: D17, D16, the confirmed partners (D7 to
D12 with D19, D21, D22), D20, D1 with D23, D18, D15, D14, D13, D6, D2 to D5. D25 and D26 lie over them, D24 is an event.
"""

from functools import cache
from typing import Any

import pytest

from pathway.case.commands import RecordFinding, RecordTherapy, RequestTherapy, StopTherapy
from pathway.case.decide import decide
from pathway.case.portray import portray
from pathway.case.rules import rules_of
from pathway.case.state import Case
from tests.case.ward import SHIPPED, TICKS, Ward, by, refused, t
from tests.variant_apl.ward import Apl

RULES = rules_of(SHIPPED)
NOW = t("1 12:00")
EXPOSURES = ("never", "ordered", "running", "held", "stopped", "unknown")
ACTS = {"running": "started"}
TRETINOIN = {"tretinoin_on_suspicion", "tretinoin_offer_severe", "tretinoin_suspected_sensitive", "tretinoin_sensitive"}
SEVERITIES = ("severe", "not_severe", "cannot_say")
PML = {
    "not_tested": (),
    "pending": (("rt_pcr", "", "ordered"),),
    "preliminary_positive": (("rt_pcr", "positive", "preliminary"),),
    "negative_single_method": (("rt_pcr", "negative", "final"),),
    "negative_two_methods": (("rt_pcr", "negative", "final"), ("dual_fusion_fish", "negative", "final")),
    "positive": (("dual_fusion_fish", "positive", "final"),),
    "conflicting": (("rt_pcr", "negative", "final"), ("dual_fusion_fish", "positive", "final")),
}
VARIANTS: dict[str, tuple[dict[str, Any], ...]] = {
    "nothing": (),
    "pending": ({"result": "", "status": "ordered"},),
    "resistant": ({"partner": "ZBTB16"},),
    "sensitive": ({"partner": "FIP1L1"},),
    "truncated": ({"partner": "NPM1", "truncated": True},),
    "prkar1a": ({"partner": "PRKAR1A"},),
    "outside": ({"partner": "BCOR"},),
    "sister": ({"partner": "NUP98::RARG"},),
    "split": ({"method": "break_apart_fish", "result": "rearranged"},),
    "none_found": (
        {"method": "break_apart_fish", "result": "normal"},
        {"method": "rna_sequencing", "result": "no_rearrangement"},
    ),
    "suspected_sensitive": ({"method": "karyotype", "result": "", "karyotype": "46,XX,t(5;17)(q35;q21)"},),
    "suspected_resistant": ({"method": "karyotype", "result": "", "karyotype": "46,XX,t(11;17)(q23;q21)"},),
    "preliminary": ({"partner": "STAT5B", "status": "preliminary"},),
    "spoken": ({"partner": "ZBTB16", "verbal": True, "written": False},),
}
CONFIRMED = {
    "resistant": ("D9", "D10"),
    "sensitive": ("D8", "D7"),
    "truncated": ("D21", "D21"),
    "prkar1a": ("D11", "D11"),
    "outside": ("D12", "D12"),
    "sister": ("D22", "D22"),
}


def row(pml: str, variant: str, exposure: str, severe: str) -> str:
    """The row of the table, by its precedence."""
    confirmed = CONFIRMED.get(variant)
    if pml == "conflicting" or (pml == "positive" and confirmed):
        return "D17"
    if pml == "positive":
        return "D16"
    if confirmed and variant == "resistant":
        return confirmed[0] if exposure not in ("never", "stopped") else confirmed[1]
    if confirmed:
        return confirmed[0] if exposure == "running" else confirmed[1]
    if variant in ("preliminary", "spoken"):
        return "D20"
    if pml in ("not_tested", "pending", "preliminary_positive"):
        return "D23" if pml == "preliminary_positive" else "D1"
    rows = {"suspected_resistant": "D18", "suspected_sensitive": "D15", "none_found": "D14", "split": "D13"}
    if variant in rows:
        return rows[variant]
    if severe == "cannot_say":
        return "D6"
    taken = exposure in ("running", "held")
    return {("severe", True): "D5", ("severe", False): "D4", ("not_severe", True): "D3", ("not_severe", False): "D2"}[
        severe, taken
    ]


@cache
def known(pml: str, variant: str, severe: str) -> Case:
    """A case with this knowledge, tretinoin never taken."""
    ward = Ward().at("1 09:30")
    if severe != "cannot_say":
        ward.panel("1 09:00", fibrinogen="92" if severe == "severe" else "220")
    for method, result, status in PML[pml]:
        ward.pml(method, result, status)
    for number, report in enumerate(VARIANTS[variant]):
        given = {"partner": "", "report_no": f"V{number}"} | report
        ward.partner(given.pop("partner"), **given)
    return ward.look("1 11:00").case


class Seen:
    """What holds for a combination: a case, its picture, and what a physician is told who asks for tretinoin."""

    def __init__(self, pml: str, variant: str, exposure: str, severe: str) -> None:
        case = known(pml, variant, severe)
        if exposure != "never":
            told = RecordTherapy(id="e", case="c1", by=by("nurse"), drug="tretinoin", act=ACTS.get(exposure, exposure))  # type: ignore[arg-type]  # one of its words
            if exposure == "stopped":
                started = RecordTherapy(
                    id="s", case="c1", by=by("nurse"), drug="tretinoin", act="started", at=t("1 10:00")
                )
                case = decide(RULES, case, started, t("1 11:30"), None).case
                case = decide(RULES, case, stop_request(), NOW, None).case
            else:
                case = decide(RULES, case, told, NOW, None).case
        self.case = case
        self.picture = portray(RULES, case, NOW)
        self.phase = case.regions["treatment"].leaf
        self.open = {reminder for reminder, _ in case.open}
        self.proposals = {each.name for each in self.picture.proposals}

    def start(self, drug: str = "tretinoin", act: str = "start") -> str:
        """The code of the refusal of a physician's request; empty where it is granted."""
        form = "oral" if drug == "tretinoin" else "intravenous"
        asked = RequestTherapy(
            id="r",
            case="c1",
            by=by("haematologist"),
            drug=drug,
            act=act,
            form=form,
            reason="asked",  # type: ignore[arg-type]  # one of its words
        )
        found = decide(RULES, self.case, asked, NOW, None)
        return "" if found.refusal is None else found.refusal.code


def stop_request() -> StopTherapy:
    """A complete stop by a haematologist."""
    return StopTherapy(id="t", case="c1", by=by("haematologist"), drug="tretinoin", ticks=TICKS)


def follows(name: str, pml: str, variant: str, exposure: str, severe: str) -> list[str]:
    """What the row demands and does not find, in words."""
    seen = Seen(pml, variant, exposure, severe)
    taken, unsure = exposure in ("running", "held"), exposure == "unknown"
    exposed = exposure in ("ordered", "running", "held")
    two = pml == "negative_two_methods"
    proposed = bool(seen.proposals & TRETINOIN)
    early = {"diagnosis_pending", "empiric_atra"}
    say: dict[str, bool] = {"arsenic refused": seen.start("arsenic_trioxide") == "prohibited"}
    say["rechecks run"] = "M1" in seen.open
    match name:
        case "D17":
            say |= {"M46": "M46" in seen.open, "no M3": "M3" not in seen.open, "frozen": seen.phase in early}
            say["no opinion"] = not seen.proposals & {*TRETINOIN, "seven_plus_three", "to_classic_pathway"}
        case "D16":
            say |= {
                "T24": "T24" in seen.open,
                "stays": seen.phase in early,
                "offered": "to_classic_pathway" in seen.proposals,
            }
        case "D7" | "D8":
            say |= {"phase": seen.phase == "variant_confirmed.sensitive", "granted": seen.start() == ""}
            say["M40"] = ("M40" in seen.open) == (exposure != "running")
        case "D9" | "D10":
            say |= {"phase": seen.phase == "variant_confirmed.resistant", "refused": seen.start() == "prohibited"}
            say |= {
                "M41": "M41" in seen.open,
                "M3": ("M3" in seen.open) == (name == "D9"),
                "nothing offered": not proposed,
            }
        case "D11" | "D12" | "D21" | "D22":
            say |= {"phase": seen.phase == "variant_confirmed.unclassified", "M41": "M41" in seen.open}
            say |= {"M50": ("M50" in seen.open) == (exposed or unsure), "nothing offered": not proposed}
        case "D20":
            say |= {"phase": seen.phase in early, "M50": ("M50" in seen.open) == (exposed or unsure)}
            say |= {"not confirmed": "M3" not in seen.open, "nothing offered": not proposed}
        case "D1" | "D23":
            say |= {"granted": seen.start() == "", "M39": ("M39" in seen.open) == (exposure in ("never", "unknown"))}
            say |= {"M4": "M4" in seen.open, "stays": seen.phase in early, "no exit": "T24" not in seen.open}
        case "D18":
            say |= {"M50": ("M50" in seen.open) == (exposed or unsure), "not confirmed": "M3" not in seen.open}
            say |= {"nothing offered": not proposed, "M5": "M5" in seen.open}
        case "D15":
            say |= {"granted": seen.start() == "", "not confirmed": "M40" not in seen.open}
            say["offered"] = ("tretinoin_suspected_sensitive" in seen.proposals) == (exposure == "never")
        case "D14":
            say |= {"T25 offered": "revised_diagnosis" in seen.proposals, "M41": ("M41" in seen.open) == two}
            say["M6"] = ("M6" in seen.open) == taken
        case "D13":
            say |= {"M41": ("M41" in seen.open) == two, "M5r": ("M5r" in seen.open) == two}
            say["not confirmed"] = seen.phase in early
        case "D6":
            say["not refused"] = seen.start() == ""
            say["shortest interval"] = seen.case.choices["recheck_class"].row == "s1"
        case "D2":
            say |= {
                "M7": ("M7" in seen.open) == (not two),
                "M41": ("M41" in seen.open) == two,
                "nothing offered": not proposed,
            }
            say["refused"] = (seen.start() == "not_proposed") == (not unsure)
        case "D3" | "D5":
            say |= {"M6": "M6" in seen.open, "never stopped": seen.phase == "empiric_atra"}
            say["M41"] = ("M41" in seen.open) == two
        case "D4":
            say |= {"granted": seen.start() == "", "M41": ("M41" in seen.open) == two}
            say["offered"] = ("tretinoin_offer_severe" in seen.proposals) == (exposure == "never")
    if unsure:
        say["D25"] = ("M43" in seen.open) == (name != "D9")
    if exposure == "held":
        say["D26"] = ("M10r" in seen.open) == (name != "D9" and not (name == "D17" and variant == "resistant"))
        say["no resume"] = (seen.start(act="resume") == "prohibited") == (variant == "resistant")
    return [each for each, holds in say.items() if not holds]


@pytest.mark.parametrize("pml", PML)
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_combination_finds_its_row_and_the_row_holds(pml, variant):
    wrong = {}
    for severe in SEVERITIES:
        for exposure in EXPOSURES:
            name = row(pml, variant, exposure, severe)
            lacking = follows(name, pml, variant, exposure, severe)
            if lacking:
                wrong[name, exposure, severe] = lacking
    assert wrong == {}


def test_the_walk_meets_every_row():
    every = (
        row(pml, variant, exposure, severe)
        for pml in PML
        for variant in VARIANTS
        for exposure in EXPOSURES
        for severe in SEVERITIES
    )
    assert set(every) == {f"D{number}" for number in (*range(1, 19), 20, 21, 22, 23)}


@pytest.mark.parametrize("pml", ["not_tested", "pending", "preliminary_positive"])
@pytest.mark.parametrize(
    "variant, phase", [("resistant", "resistant"), ("sensitive", "sensitive"), ("outside", "unclassified")]
)
def test_d19_a_final_partner_acts_while_pml_rara_is_pending_and_the_chase_goes_on(pml, variant, phase):
    seen = Seen(pml, variant, "never", "not_severe")
    assert (seen.phase, "M4" in seen.open) == (f"variant_confirmed.{phase}", True)


@pytest.mark.parametrize("exposure", EXPOSURES)
def test_d24_a_retracted_confirmation_goes_back_and_asks_about_what_rested_on_it(exposure):
    ward = Apl(exposure=None)
    ward.therapy({"running": "started", "stopped": "started"}.get(exposure, exposure))
    confirmation = ward.at("1 10:00").partner("ZBTB16")
    if exposure == "stopped":
        ward.done(ward.stop())
    ward.at("1 11:00").retract(confirmation)
    assert ward.phase == ("empiric_atra" if exposure in ("running", "held") else "diagnosis_pending")
    assert "M3" not in ward.open
    assert ward.is_open("M44", "1") or exposure == "unknown"


def test_d6_the_clinicians_word_opens_the_door_that_missing_values_leave_open():
    case = known("negative_two_methods", "pending", "cannot_say")
    said = RecordFinding(id="f", case="c1", by=by("physician"), finding="clinician_judges_severe", value="no")
    judged = decide(RULES, case, said, NOW, None).case
    asked = RequestTherapy(id="r", case="c1", by=by("haematologist"), drug="tretinoin", act="start", reason="asked")
    found = decide(RULES, judged, asked, NOW, None)
    assert found.refusal is not None
    assert found.refusal.code == "not_proposed"


def test_an_order_that_no_door_allows_is_signed_by_two_or_refused():
    ward = Apl().at("1 09:30")
    ward.panel("1 09:00")
    ward.pml_negative()
    assert refused(ward.ask_for("tretinoin", reason="asked")) == "not_proposed"
    assert refused(ward.ask_for("tretinoin", who=by("haematologist"), reason="asked", override=True)) == "not_proposed"
    signed = ward.ask_for("tretinoin", who=by("haematologist"), reason="asked", override=True, second="another")
    assert refused(signed) == ""
