"""check, diagram, scenario, and what every command ends with."""

import json
from importlib.resources import files
from pathlib import Path

from pathway.definition.load import shipped
from tests.house.tree import ROOT
from tests.ward.cli.conftest import Run, data
from ward.cli.exits import EXIT_HELP, Exit

SCENARIO = ROOT / "tests/acceptance/scenarios/k3.toml"
SHIPPED = files("pathway.definitions").joinpath("variant_apl", "v1.toml").read_text("utf-8")


def test_a_sound_file_is_ok_with_its_counts(wardpath: Run, tmp_path: Path):
    (tmp_path / "own.toml").write_text(SHIPPED, encoding="utf-8")
    assert wardpath("check", "own.toml").stdout.startswith("OK variant_apl version 1: ")
    counted, form = data(wardpath("check", "own.toml", "--json")), shipped("variant_apl", 1).form
    assert (counted["never"], counted["transitions"]) == (len(form.never), len(form.transitions))
    assert counted["phases"] == sum(len(region.phases) for region in form.regions.values())


def test_a_fault_is_told_with_its_line(wardpath: Run, tmp_path: Path):
    lines = SHIPPED.replace("class is sensitive", "klass is sensitive", 1).splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "klass" in text)
    (tmp_path / "own.toml").write_text("\n".join(lines), encoding="utf-8")
    result = wardpath("check", "own.toml")
    assert result.exit_code == 4
    assert result.stderr.startswith(f"wardpath: own.toml:{line}:")
    assert result.stderr.count("\n") == 1


def test_all_faults_are_told_in_the_order_of_the_file(wardpath: Run, tmp_path: Path):
    text = SHIPPED.replace("class is sensitive", "klass is sensitive", 1)
    text = text.replace('recheck_s1 = { value = "6 h"', 'recheck_s1 = { value = "9 h"')
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    result = wardpath("check", "own.toml")
    assert (result.exit_code, result.stdout) == (4, "")
    assert ["recheck_s1" in line or "klass" in line for line in result.stderr.splitlines()] == [True, True]
    as_objects = wardpath("check", "own.toml", "--json")
    assert as_objects.exit_code == 4
    found = json.loads(as_objects.stdout)["faults"]
    assert [each["code"] for each in found] == ["bounds", "guard_unknown_name"]
    assert found[1]["near"] == "class"
    lines = result.stderr.splitlines()
    assert [f":{each['line']}:{each['column']}: " in line for each, line in zip(found, lines, strict=True)] == [
        True
    ] * 2


def test_a_warning_keeps_no_file_out(wardpath: Run, tmp_path: Path):
    text = SHIPPED.replace('  "duty_manager",\n]', '  "duty_manager", "porter",\n]', 1)
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    result = wardpath("check", "own.toml")
    assert (result.exit_code, "warning: role porter" in result.stderr) == (0, True)
    assert [each["severity"] for each in data(wardpath("check", "own.toml", "--json"))["faults"]] == ["warning"]


def test_a_file_is_checked_with_the_settings_of_a_site(wardpath: Run, tmp_path: Path):
    (tmp_path / "own.toml").write_text(SHIPPED, encoding="utf-8")
    head = 'pathway = "variant_apl"\nversion = 1\n[settings]\n'
    (tmp_path / "site.toml").write_text(head + 'recheck_s1 = "4 h"\n', encoding="utf-8")
    (tmp_path / "loose.toml").write_text(head + 'recheck_s1 = "8 h"\n', encoding="utf-8")
    plain, site = (data(wardpath("check", "own.toml", *more, "--json")) for more in ((), ("--overrides", "site.toml")))
    assert plain["digest"] != site["digest"]
    loose = wardpath("check", "own.toml", "--overrides", "loose.toml")
    assert loose.exit_code == 4
    assert "wardpath: loose.toml:4:1: setting recheck_s1 is to the unsafe side of 6 h" in loose.stderr


def test_the_schema_of_the_format_is_printed_for_editors(wardpath: Run):
    assert "PathwayForm" in data(wardpath("check", "--schema"))["$defs"]


def test_there_is_something_to_check(wardpath: Run):
    assert wardpath("check").exit_code == 2


def test_a_missing_file_is_not_found(wardpath: Run):
    for words in (("check", "none.toml"), ("diagram", "none.toml"), ("scenario", "none.toml")):
        assert wardpath(*words).exit_code == 3


def test_the_shipped_pathway_is_drawn_into_a_folder(wardpath: Run, tmp_path: Path):
    assert wardpath("diagram", "--out", "drawn").exit_code == 0
    drawn = sorted(tmp_path.glob("drawn/*"))
    names = ("", "_overview", "_supervision", "_treatment")
    assert [each.name for each in drawn] == [
        "variant_apl_v1.mmd",
        *(f"variant_apl_v1{name}.svg" for name in sorted(names)),
    ]
    assert all("supervised" in each.read_text(encoding="utf-8") for each in drawn if "_treatment" not in each.name)


def test_a_scenario_that_cannot_be_read_is_told(wardpath: Run, tmp_path: Path):
    (tmp_path / "story.toml").write_text("nonsense = 1\n", encoding="utf-8")
    result = wardpath("scenario", "story.toml")
    assert result.exit_code == 4
    assert result.stderr.startswith("wardpath: ")


def test_a_scenario_that_holds_is_shown_step_by_step(wardpath: Run):
    result = wardpath("scenario", SCENARIO, "--json")
    steps = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [each["step"] for each in steps] == list(range(1, len(steps) + 1))
    assert "opened: " in wardpath("scenario", SCENARIO).stdout


def test_a_scenario_that_does_not_hold_says_so_and_fails(wardpath: Run, tmp_path: Path):
    wrong = SCENARIO.read_text("utf-8").replace(
        'treatment = "empiric_atra"', 'treatment = "induction.seven_plus_three"', 1
    )
    (tmp_path / "wrong.toml").write_text(wrong, encoding="utf-8")
    result = wardpath("scenario", "wrong.toml")
    assert result.exit_code == 1
    assert "DOES NOT HOLD" in result.stdout


def test_the_exit_codes_stand_in_the_help_and_in_the_module(wardpath: Run):
    import ward.cli

    shown = wardpath("--help", env={"COLUMNS": "200"}).stdout
    for each in Exit:
        line = next(line for line in EXIT_HELP.splitlines() if line.startswith(f"{each.value} "))
        assert line in shown
        assert f"{each.value} " in (ward.cli.__doc__ or "")


def test_a_missing_store_is_refused(wardpath: Run):
    result = wardpath("cases")
    assert result.exit_code == Exit.STORE_REFUSED
    assert result.stderr.startswith("wardpath: demo.db cannot be read")


def test_an_unknown_option_is_a_usage_error(wardpath: Run):
    assert wardpath("cases", "--nonsense").exit_code == Exit.USAGE


def test_a_case_that_is_not_there_is_not_found(wardpath: Run, demonstration: Path):
    for words in (("case", "nope"), ("timeline", "nope"), ("replay", "nope")):
        result = wardpath(*words)
        assert result.exit_code == Exit.NOT_FOUND
        assert "nope" not in result.stderr
