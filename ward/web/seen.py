"""Values, drugs and stages as a ward reads them: state by word, shape and colour, and never a gap that looks normal."""

from zoneinfo import ZoneInfo

import msgspec

from pathway.case.picture import ExposureSeen, FactSeen, LabSeen, PhaseSeen, Picture
from ward.web.moment import NOT_RECORDED, ago_text, length_text, moment_text, near_text

CANNOT_SAY = "Cannot say"
#: State of a value to its look and word. A state that is not here is a gap.
STATES = {
    "critical": ("critical", "Critical"),
    "below_target": ("below", "Below target"),
    "above_target": ("above", "Above target"),
    "on_target": ("fine", "On target"),
    "no_target": ("plain", "No target set"),
}
TRENDS = {"rising": "rising", "falling": "falling", "level": "level"}
#: Exposure of a drug to its look, which is its shape too, and word. One that is not here is a gap.
EXPOSURES = {
    "never": ("never", "Never given"),
    "ordered": ("ordered", "Ordered, not given"),
    "running": ("running", "Running"),
    "held": ("held", "Held, not stopped"),
    "stopped": ("stopped", "Stopped"),
}
#: Figures and units as laboratories and definitions write them, and as people read them (rule MEDi-022 and beside it).
SPELLINGS = (
    ("x10^9/L", "\u00d710\u2079/L"),
    ("10*9/L", "\u00d710\u2079/L"),
    ("mg/m2", "mg per m²"),
    ("mg/kg", "mg per kg"),
    (" {INR}", ""),
)


class Value(msgspec.Struct, frozen=True):
    """A laboratory value. `look` names shape and colour; `last` is an old value that no longer counts."""

    name: str
    title: str
    shown: str
    look: str
    word: str
    why: str
    last: str
    age: str
    collected: str
    recorded: str
    trend: str
    target: str
    critical: str
    questions: tuple[str, ...]


class Drug(msgspec.Struct, frozen=True):
    """A drug's exposure: held is not stopped, ordered is not given."""

    title: str
    look: str
    word: str
    times: tuple[str, ...]


class Stage(msgspec.Struct, frozen=True):
    """One stage of a strip. `been`: when it was entered, empty for a stage never entered or not asked for."""

    number: int
    title: str
    now: bool
    been: str
    leaf: str


class Strip(msgspec.Struct, frozen=True):
    """All stages of a region from left to right, the present one marked. `length`: how long it has been there."""

    region: str
    title: str
    since: str
    stages: tuple[Stage, ...]
    leaf: str
    length: str

    @property
    def number(self) -> int:
        """Which of the stages is the present one, counted from the left."""
        return next(stage.number for stage in self.stages if stage.now)


class Fact(msgspec.Struct, frozen=True):
    """Any other fact in words."""

    title: str
    known: bool
    words: str
    at: str


def plain(text: str) -> str:
    """The text with units as people read them: ten to the ninth raised, `mg per m²`."""
    for written, read in SPELLINGS:
        text = text.replace(written, read)
    return text


def value(lab: LabSeen, now: int, zone: ZoneInfo) -> Value:
    """A laboratory fact. Without a usable value it is a gap with its reason, whatever else it says."""
    look, word = STATES.get(lab.state, ("gap", CANNOT_SAY))
    if look == "fine" and not (lab.target or lab.critical):
        look, word = "plain", "No target set"
    if look != "gap" and not lab.shown:
        look, word = "gap", CANNOT_SAY
    gap = look == "gap"
    return Value(
        name=lab.name,
        title=lab.title,
        shown="" if gap else plain(lab.shown),
        look=look,
        word=word,
        why=lab.why or ("no reason was given" if gap else ""),
        last=plain(lab.shown) if gap else "",
        age=ago_text(lab.collected_at, now) if lab.collected_at is not None else "",
        collected=moment_text(lab.collected_at, zone),
        recorded=moment_text(lab.recorded_at, zone),
        trend="" if gap else TRENDS.get(lab.trend, ""),
        target=plain(lab.target),
        critical=plain(lab.critical),
        questions=tuple(plain(each) for each in lab.questions),
    )


def watched(picture: Picture, zone: ZoneInfo) -> tuple[Value, ...]:
    """The values for the board: those to which the pathway gives a target and a critical line; else those with one."""
    both = [lab for lab in picture.labs if lab.target and lab.critical]
    chosen = both or [lab for lab in picture.labs if lab.target or lab.critical]
    return tuple(value(lab, picture.at, zone) for lab in chosen)


def drug(exposure: ExposureSeen, now: int, zone: ZoneInfo) -> Drug:
    """A drug's exposure with its times."""
    look, word = EXPOSURES.get(exposure.value, ("gap", CANNOT_SAY))
    since = "said" if exposure.value == "never" else "since"
    times = [(since, exposure.since), ("last dose", exposure.last_dose), ("next dose", exposure.next_dose)]
    return Drug(
        title=exposure.title,
        look=look,
        word=word,
        times=tuple(f"{name} {near_text(at, now, zone)} ({ago_text(at, now)})" for name, at in times if at is not None),
    )


def strip(phase: PhaseSeen, now: int, zone: ZoneInfo, been: dict[str, str] | None = None) -> Strip:
    """A region's stages. `been`: leaf to when it was entered. A leaf that the strip lacks is added at its end."""
    stages = (
        phase.strip if any(leaf == phase.leaf for leaf, _ in phase.strip) else (*phase.strip, (phase.leaf, phase.title))
    )
    return Strip(
        region=phase.region.replace("_", " "),
        title=phase.title,
        since=f"since {near_text(phase.entered_at, now, zone)} ({ago_text(phase.entered_at, now)})",
        stages=tuple(
            Stage(number, title, leaf == phase.leaf, (been or {}).get(leaf, ""), leaf)
            for number, (leaf, title) in enumerate(stages, start=1)
        ),
        leaf=phase.leaf,
        length=length_text(now - phase.entered_at),
    )


def fact(seen: FactSeen, zone: ZoneInfo) -> Fact:
    """Any other fact. What is not known says so before anything else."""
    words = plain((seen.shown or seen.value.replace("_", " ")).removeprefix(f"{seen.title}: ")) or NOT_RECORDED
    if not seen.known and not words.lower().startswith(CANNOT_SAY.lower()):
        words = f"{CANNOT_SAY}: {words}"
    return Fact(seen.title, seen.known, words, "" if seen.at is None else moment_text(seen.at, zone))


def choices(picture: Picture) -> tuple[tuple[str, str], ...]:
    """The choices in force, such as the class of supervision, as label and words."""
    return tuple(
        (name.replace("_", " ").capitalize(), plain(row.replace("_", " "))) for name, row in picture.rows.items()
    )
