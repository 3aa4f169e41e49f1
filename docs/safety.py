"""The pages about safety that are made: `python docs/safety.py` writes them, the build of the docs too.

They come from docs/safety/hazards.toml, signatures.toml and the shipped definitions: requirements.md and
clinical_signoff.md whole, and in README.md, third_party.md and the releases what stands between the marks
`<!-- made: name -->` and `<!-- made end -->`. tests/house/test_safety.py fails where a page lags behind.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version as installed_version
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from pathway.clinical.computed import TABLES
from pathway.definition.load import shipped
from ward.wiring import SHIPPED

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "safety"
MADE = "% Made by docs/safety.py. Do not edit.\n"
#: Likelihood 1 to 5 down, severity 1 to 5 across, as plan.md shows it.
MATRIX = ((1, 1, 2, 2, 3), (1, 2, 2, 3, 4), (2, 2, 3, 3, 4), (2, 3, 3, 4, 5), (3, 4, 4, 5, 5))
TOLERABLE = 3
WORDS = {1: "low", 2: "low", 3: "tolerable", 4: "above tolerable", 5: "above tolerable"}
#: Components whose failure can hurt, as requirements.lock names them.
COMPONENTS = (
    "pysqlite3", "psycopg", "sqlalchemy", "sqlmodel", "alembic", "apscheduler", "transitions", "lark", "msgspec",
    "pydantic", "fastapi", "starlette", "uvicorn", "jinja2", "typer", "rich", "typst", "tzdata",
)  # fmt: skip
#: A number that people read, and not part of a name such as 7+3, M8 or mg/m2.
NUMBER = re.compile(r"(?<![\w.+:@*/-])\d+(?:\.\d+)?(?![\w+*]|\.\d)")
#: What says in a list of sources that a number is printed there, and what says that it is not.
PRINTED, NOT_PRINTED = re.compile(r"ELN|Canadian|ISTH"), re.compile(r"proposal|general knowledge")
#: Parts of a definition that hold no number of medicine: names, sources, and rules in the language of guards, which
#: compare with settings alone.
NOT_READ = {
    "id", "name", "source", "format", "pathway", "version", "unit", "lab", "computed", "reports", "forms", "from",
    "finding", "when", "due", "not_before", "done_when", "anchor", "trigger", "deadline", "expires", "at", "until",
    "no_later_than", "refuse_when", "allow_only_when", "release_when", "quiet_when", "settings", "doses", "to", "by",
}  # fmt: skip


class Number(NamedTuple):
    """One number of a definition: where it stands, what it is, and where it comes from. `key` is what is signed."""

    key: str
    value: str
    bounds: str
    safe: str
    source: tuple[str, ...]


def pages() -> dict[str, str]:
    """File name to text, for every page of the folder that is made, whole or in part."""
    partly = ["README.md", "third_party.md", *(f"releases/{each.name}" for each in sorted(releases()))]
    whole = {"requirements.md": requirements(), "clinical_signoff.md": signoff()}
    return whole | {name: filled((FOLDER / name).read_text("utf-8"), name) for name in partly}


def write() -> None:
    """Write the pages that have changed."""
    for name, text in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")


def filled(text: str, page: str) -> str:
    """A page with its made parts as they are now. An older release keeps what it said."""
    if page.startswith("releases/") and Path(page).name != current().name:
        return text
    for name, part in {"counts": counts, "versions": versions, "definitions": definitions, "open": still_open}.items():
        mark, end = f"<!-- made: {name} -->\n", "<!-- made end -->"
        before, found, rest = text.partition(mark)
        if found:
            text = f"{before}{mark}\n{part()}\n{end}{rest.partition(end)[2]}"
    return text


# --- the hazard log --------------------------------------------------------------------------------------------------


@cache
def hazards() -> tuple[dict[str, Any], ...]:
    """The entries of the hazard log."""
    return tuple(tomllib.loads((FOLDER / "hazards.toml").read_text("utf-8"))["hazards"])


def requirement_of(hazard: dict[str, Any]) -> str:
    """The number of the requirement of a hazard."""
    return f"SR{hazard['id'][1:]}"


def tests_of(hazard: dict[str, Any]) -> list[str]:
    """The tests of a hazard's controls."""
    return [test for control in hazard["controls"] for test in control.get("tests", ())]


def level(risk: dict[str, int]) -> int:
    """The level of a risk, 1 to 5."""
    return MATRIX[risk["likelihood"] - 1][risk["severity"] - 1]


def above(hazard: dict[str, Any]) -> bool:
    """Whether what is left of a hazard is above tolerable."""
    return level(hazard["residual"]) > TOLERABLE


def requirements() -> str:
    """The page of requirements, with both indexes."""
    parts = [
        MADE,
        "# Safety requirements\n",
        (
            "One sentence for each hazard of the log: what the product, or where it says so the site, must do. "
            "*Open* is the part that is not built. The tests named fail when the control breaks; a requirement of"
            " the site has none and stands in [what a site must do](deployment.md). Risk is severity by "
            "likelihood, without the controls and with them, and its level, as [the plan](plan.md) says.\n"
        ),
        "## By requirement\n",
    ]
    parts += [entry(each) for each in hazards()]
    parts += ["## By test\n", rows(("test", "requirements"), by_test())]
    return "\n".join(parts)


def entry(hazard: dict[str, Any]) -> str:
    """One requirement with its hazard, its controls and their tests."""
    before, left = hazard["initial"], hazard["residual"]
    lines = [
        f"### {requirement_of(hazard)}\n",
        f"{hazard['requirement']}\n",
        (
            f"Hazard {hazard['id']}: {hazard['title']}. Effect: {hazard['effect']}. Risk {risk(before)}, "
            f"then {risk(left)}: {hazard['rationale']}. "
            f"Status: {hazard['status']}; reviewer: {hazard['reviewer'] or 'none'}.\n"
        ),
    ]
    if "open" in hazard:
        lines.append(f"Open: {hazard['open']}\n")
    for control in hazard["controls"]:
        lines.append(f"- {control['owner']}, {control['kind']}: {control['text']}")
        lines += [f"  - `{test}`" for test in control.get("tests", ())]
    return "\n".join([*lines, ""])


def risk(found: dict[str, int]) -> str:
    """A risk in words."""
    return f"{found['severity']} by {found['likelihood']} ({WORDS[level(found)]})"


def by_test() -> Iterator[tuple[str, str]]:
    """Each test with the requirements that rest on it."""
    found: dict[str, list[str]] = {}
    for each in hazards():
        for test in tests_of(each):
            found.setdefault(test, []).append(requirement_of(each))
    return ((f"`{test}`", ", ".join(dict.fromkeys(found[test]))) for test in sorted(found))


# --- the numbers -----------------------------------------------------------------------------------------------------


def raw(name: str, version: int) -> dict[str, Any]:
    """A shipped definition as its file has it."""
    return tomllib.loads(files("pathway.definitions").joinpath(name, f"v{version}.toml").read_text("utf-8"))


def numbers(name: str, version: int) -> list[Number]:
    """Every number of a definition: settings, doses, counts, and those that stand in a text that people read."""
    found = raw(name, version)
    made = []
    for key, each in found["settings"].items():
        value, bounds = each.get("value") or ", ".join(each["rounds"]), " to ".join(each.get("bounds", ()))
        made.append(Number(key, value, bounds, each.get("safe", ""), tuple(each["source"])))
    return made + list(walked(found, "", ()))


def walked(part: Any, where: str, source: tuple[str, ...]) -> Iterator[Number]:
    """The numbers outside the settings, under the source that stands nearest."""
    match part:
        case dict():
            source = tuple(part.get("source", source))
            place = f"{where}{called(part)}"
            for drug, bounds in part.get("doses", {}).items():
                yield Number(f"{place} dose {drug}", " to ".join(bounds), "", "", source)
            for name, each in part.items():
                if name not in NOT_READ:
                    yield from walked(each, f"{place} {name}".strip(), source)
        case list():
            for each in part:
                yield from walked(each, where, source)
        case bool():
            return
        case int():
            yield Number(where, str(part), "", "", source)
        case str() if NUMBER.search(part):
            yield Number(where, part, "", "", source)


def called(part: dict[str, Any]) -> str:
    """How an entry of a definition is called, with a space before; empty for one without a name."""
    words = [str(part[key]) for key in ("id", "name", "region") if key in part]
    return f" {' '.join(words)}" if words else ""


def signed() -> dict[tuple[str, str, str], dict[str, str]]:
    """The signatures of single numbers, by definition, number and value: a value that changes loses its own."""
    path = FOLDER / "signatures.toml"
    return {
        (each["definition"], each["number"], each["value"]): each
        for each in tomllib.loads(path.read_text("utf-8")).get("signed", [])
    }


def counted() -> tuple[int, int]:
    """How many numbers of shipped definitions nobody has signed, and how many there are; a data table counts as one."""
    keys = [(f"{name} {version}", each.key, each.value) for name, version in SHIPPED for each in numbers(name, version)]
    keys += [("tables", name, digest) for name, digest in TABLES.items()]
    return sum(key not in signed() for key in keys), len(keys)


def signoff() -> str:
    """The page of numbers to be signed."""
    unsigned, of = counted()
    parts = [
        MADE,
        "# Numbers to be signed\n",
        (
            f"**{unsigned} of {of} are not signed**, and what is not signed is not approved. Printed means that "
            "the figure stands beside that tag in `SOURCES.md` of the definition, and not that it is settled: the"
            " article (R) is itself a machine-assisted overview without primary papers. Everything else is a "
            "proposal of the makers. A haematologist signs in `signatures.toml`, number by number; a value that "
            "is changed loses its signature. What is signed here is a number; that a definition may run at a site"
            " is signed there, by two people, with `wardpath approve`.\n"
        ),
    ]
    heads = ("number", "value", "bounds", "safe side", "source", "what it is", "signed by", "date")
    for name, version in SHIPPED:
        body = [row(f"{name} {version}", each) for each in numbers(name, version)]
        digest = shipped(name, version).digest
        parts += [f"## {name}, version {version}\n", f"Digest `{digest}`.\n", rows(heads, body)]
    parts += [
        "## Data tables\n",
        (
            "Scores, doses, limits and classes lie in `pathway/clinical/tables/`, each with its sources in the "
            "file. A table is signed as a whole, by its SHA-256; every definition pins them.\n"
        ),
        rows(
            ("table", "SHA-256", "signed by", "date"),
            ((f"`{name}.toml`", f"`{digest}`", *by_whom("tables", name, digest)) for name, digest in TABLES.items()),
        ),
    ]
    return "\n".join(parts)


def row(definition: str, each: Number) -> tuple[str, ...]:
    """One number as a row."""
    who, tags = by_whom(definition, each.key, each.value), printed(definition.split(maxsplit=1)[0], each)
    kind = f"printed: {', '.join(tags)}" if tags else "proposal"
    return (f"`{each.key}`", each.value, each.bounds, each.safe, ", ".join(each.source), kind, *who)


def printed(name: str, each: Number) -> list[str]:
    """The tags of a number beside which a list of sources has its figures, as printed in what it was taken from.

    Beside a tag that is not the article's only where the number names it first: else the figure may be there by chance.
    """
    figures = set(re.findall(r"(?:^| to )(\d+(?:\.\d+)?)(?= |$)", each.value))
    return [
        tag
        for tag in each.source
        for part in re.split(r"[,;]", sources(name).get(tag, ""))
        if figures
        and figures <= set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?", part))
        and (tag[0] == "R" or (tag == each.source[0] and (tag[0].isdigit() or PRINTED.search(part))))
        and not NOT_PRINTED.search(part)
    ]


@cache
def sources(name: str) -> dict[str, str]:
    """What each tag of a definition stands for."""
    text = files("pathway.definitions").joinpath(name, "SOURCES.md").read_text("utf-8")
    return dict(re.findall(r"^\| (\S+|safety \d) \| (.+) \|$", text, re.MULTILINE))


def by_whom(definition: str, number: str, value: str) -> tuple[str, str]:
    """Who signed a number and when; empty while nobody has."""
    found = signed().get((definition, number, value), {})
    return found.get("by", ""), found.get("date", "")


# --- made parts of pages ---------------------------------------------------------------------------------------------


def counts() -> str:
    """What the front page counts."""
    unsigned, of = counted()
    closed = [each for each in hazards() if each["status"] == "closed"]
    site = [each for each in hazards() if not tests_of(each)]
    body = [
        ("hazards", str(len(hazards()))),
        ("of them open", str(len(hazards()) - len(closed))),
        ("reviewed by a person", str(sum(bool(each["reviewer"]) for each in hazards()))),
        ("left above tolerable", listed(each["id"] for each in hazards() if above(each))),
        ("with a part that is not built", str(sum("open" in each for each in hazards()))),
        ("without a control of the makers, left to the site", listed(each["id"] for each in site)),
        ("numbers that nobody has signed", f"{unsigned} of {of}"),
    ]
    return rows(("", "now"), body)


def versions() -> str:
    """The pinned versions of the components whose failure can hurt."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    found = dict(re.findall(r"^([\w-]+)==(\S+)", lock, re.MULTILINE))
    return rows(("component", "version"), ((each, found[each]) for each in COMPONENTS))


def definitions() -> str:
    """The shipped definitions with their digests."""
    body = ((name, str(version), f"`{shipped(name, version).digest}`") for name, version in SHIPPED)
    return rows(("definition", "version", "digest"), body)


def still_open() -> str:
    """The hazards that are left above tolerable, and those of which a part is not built."""
    high = [(each["id"], each["title"], risk(each["residual"]), each["rationale"]) for each in hazards() if above(each)]
    rest = [(each["id"], each["title"], risk(each["residual"]), each["open"]) for each in hazards() if "open" in each]
    return "\n".join(
        (
            f"All {sum(each['status'] == 'open' for each in hazards())} hazards are open: no person has closed one.\n",
            "Left above tolerable, without a reviewer:\n",
            rows(("hazard", "what", "risk", "why"), high),
            "A part of the requirement is not built:\n",
            rows(("hazard", "what", "risk", "open"), rest),
        )
    )


def releases() -> list[Path]:
    """The notes of the releases."""
    return list((FOLDER / "releases").glob("*.md"))


def current() -> Path:
    """The note of the release that this checkout is."""
    major, minor, _ = installed_version("wardpath").split(".", 2)
    return FOLDER / "releases" / f"v{major}.{minor}.md"


def listed(words: Iterable[str]) -> str:
    """Words with commas, and how many there are."""
    found = list(words)
    return f"{len(found)}" + (f" ({', '.join(found)})" if found else "")


def rows(heads: tuple[str, ...], body: Iterable[Iterable[str]]) -> str:
    """A table; a bar inside a cell is kept as one."""
    lines = [heads, ["---"] * len(heads), *body]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    write()
