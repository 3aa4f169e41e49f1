"""An export checks itself: on an empty machine, with the verifier that lies in it and nothing of the product."""

import json
import shutil
import site
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ward.proof.attacker import Attacker, edit
from tests.ward.proof.conftest import World
from ward.proof.export import export

#: Nothing of this process: no settings, no paths to packages.
BARE = {"PATH": "/usr/bin:/bin"}


def exported(world: World, *cases: str) -> Path:
    """An export in a folder of its own, away from the store."""
    folder = world.path.parent.with_name("elsewhere") / "export"
    folder.parent.mkdir(exist_ok=True)
    export(world.house, world.path, folder, world.clock.now(), cases or None)
    return folder


def checked(folder: Path, packages: Path | None = None) -> tuple[int, str]:
    """The exit code and the words of the verifier in an export; `packages` alone lie beside the standard library."""
    script = folder / "verify_export.py"
    first = "" if packages is None else f"sys.path.insert(0, {str(packages)!r}); "
    code = (
        f"import sys, runpy; {first}sys.argv = [{str(script)!r}]; runpy.run_path({str(script)!r}, run_name='__main__')"
    )
    run = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(run, cwd=folder, env=BARE, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def cryptography_alone(tmp_path: Path) -> Path:
    """A folder of packages that holds `cryptography` and what it rests on, and nothing else."""
    folder = tmp_path / "packages"
    folder.mkdir()
    for name in ("cryptography", "cffi", "_cffi_backend*", "pycparser"):
        for packages in map(Path, site.getsitepackages()):
            for found in packages.glob(name):
                (folder / found.name).symlink_to(found)
    return folder


def test_an_export_checks_itself_with_the_standard_library_alone_and_says_that_no_signature_was_checked(world: World):
    code, said = checked(exported(world))
    assert (code, "nothing is wrong" in said) == (0, True), said
    assert "no signature was checked" in said


def test_an_export_checks_its_signatures_where_cryptography_is_at_hand(world: World, cryptography_alone: Path):
    folder = exported(world)
    code, said = checked(folder, cryptography_alone)
    assert (code, "nothing is wrong" in said) == (0, True), said
    assert "no signature was checked" not in said
    note = folder / "checkpoints" / "00000003.note"
    note.write_text(note.read_text("utf-8").replace("events ", "events 9"), "utf-8")
    code, said = checked(folder, cryptography_alone)
    assert (code, "checkpoint_forged" in said) == (4, True), said


def test_an_export_of_a_changed_record_names_the_event(world: World):
    Attacker(world.path).change("c1", edit(3), anew=True)
    code, said = checked(exported(world))
    assert code == 4
    assert "rewritten [c1 position 3]" in said


def test_an_event_changed_in_the_export_is_named(world: World):
    folder = exported(world)
    lines = (folder / "events.jsonl").read_text("utf-8").splitlines()
    event = json.loads(lines[0])
    event["canonical"] = event["canonical"].replace("Dr A", "Dr B")
    lines[0] = json.dumps(event, ensure_ascii=False)
    (folder / "events.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    code, said = checked(folder)
    assert code == 4
    assert f"edited [c1 position {event['position']}]" in said


@pytest.mark.parametrize("gone", [1, -1])
def test_an_event_left_out_of_the_export_is_named(world: World, gone: int):
    folder = exported(world)
    lines = (folder / "events.jsonl").read_text("utf-8").splitlines()
    del lines[gone]
    (folder / "events.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    code, said = checked(folder)
    assert code == 4
    assert ("removed [c1 position 2]" if gone == 1 else "head [c3") in said


def test_an_export_of_one_case_misses_no_other_and_still_holds_to_the_checkpoints(world: World):
    code, said = checked(exported(world, "c2"))
    assert (code, "nothing is wrong" in said) == (0, True), said
    shutil.rmtree(world.path.parent.with_name("elsewhere"))
    Attacker(world.path).change("c2", edit(2), anew=True)
    code, said = checked(exported(world, "c2"))
    assert (code, "rewritten [c2 position 2]" in said) == (4, True)


def test_an_export_holds_no_name_of_a_patient(world: World):
    folder = exported(world)
    assert not any(b"INVENTED" in file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_a_folder_that_is_no_export_is_said_to_be_none(tmp_path: Path, world: World):
    shutil.copy(exported(world) / "verify_export.py", tmp_path)
    code, said = checked(tmp_path)
    assert (code, "is no export that can be read" in said) == (2, True)
