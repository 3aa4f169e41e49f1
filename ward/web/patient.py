"""Who the patient is, as a banner shows it: `SMITH, Anna (Ms)`, born, sex, identifiers (rules NID, PAB and NUM)."""

import re
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from ward.web.moment import age_years, day_text

NOT_KNOWN = "Not known"
NAME_NOT_KNOWN = "Name not known"
#: Under which words an identity may come; the first found counts.
FAMILY = ("family_name", "family", "surname", "last_name")
GIVEN = ("given_name", "given", "first_name")
WHOLE = ("name",)
TITLE = ("title",)
PREFERRED = ("preferred_name",)
BORN = ("born", "birth_date", "date_of_birth", "dob")
SEX = ("sex", "gender")
MARKS = {"invented": "INVENTED", "deidentified": "DE-IDENTIFIED"}
ABBREVIATIONS = {"nhs": "NHS", "mrn": "MRN", "id": "ID"}
NHS_DIGITS = 10


class Patient(msgspec.Struct, frozen=True):
    """What is shown of a person. `identifiers`: label and value, as they were kept; `mark`: INVENTED, or none."""

    name: str
    preferred: str
    born: str
    age: str
    sex: str
    identifiers: tuple[tuple[str, str], ...]
    mark: str

    @property
    def age_and_sex(self) -> str:
        """`44 y, female`, as far as it is known."""
        return ", ".join(part for part in (self.age, self.sex if self.sex != NOT_KNOWN else "") if part)


def patient(identity: dict[str, str] | None, origin: str, at: int, zone: ZoneInfo) -> Patient:
    """The person behind a case at an instant. What nobody kept is `Not known`, never a question mark (PAB-0019)."""
    kept = {key.lower(): " ".join(value.split()) for key, value in (identity or {}).items() if value.strip()}
    birth = _birth(_take(kept, BORN))
    sex = _take(kept, SEX)
    name, preferred = _name(kept), _take(kept, PREFERRED)
    return Patient(
        name=name,
        preferred=preferred,
        born=birth if isinstance(birth, str) else day_text(birth),
        age="" if isinstance(birth, str) else f"{age_years(birth, at, zone)} y",
        sex=sex or NOT_KNOWN,
        identifiers=tuple((label_of(key), _number(key, value)) for key, value in kept.items()),
        mark=MARKS.get(origin, "" if origin == "live" else origin.upper()),
    )


def _name(kept: dict[str, str]) -> str:
    """`SMITH, Anna (Ms)`: family name in capitals, nothing cut off (NID-0001 to 0008)."""
    family, given, title, whole = (_take(kept, words) for words in (FAMILY, GIVEN, TITLE, WHOLE))
    name = ", ".join(part for part in (family.upper(), given) if part) or whole or NAME_NOT_KNOWN
    return f"{name} ({title})" if title else name


def _birth(text: str) -> date | str:
    """The day of birth, or the words to show instead: a date of another form is shown as it was kept."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text or NOT_KNOWN


def _take(kept: dict[str, str], words: tuple[str, ...]) -> str:
    """The first of the words that is kept, taken out, with its synonyms left for the identifiers."""
    return next((kept.pop(word) for word in words if word in kept), "")


def label_of(key: str) -> str:
    words = " ".join(ABBREVIATIONS.get(word, word) for word in re.split(r"[_\s]+", key))
    return words[:1].upper() + words[1:]


def _number(key: str, value: str) -> str:
    """An NHS number in its groups of 3, 3 and 4 (NUM-0001); any other number as it was kept."""
    digits = value.replace(" ", "").replace("-", "")
    if "nhs" in key and digits.isdigit() and len(digits) == NHS_DIGITS:
        return f"{digits[:3]} {digits[3:6]} {digits[6:]}"
    return value
