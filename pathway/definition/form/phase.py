"""Regions, transitions and exits, and what becomes of a case as a whole."""

import msgspec

from pathway.definition.form.part import Form, Sources


class EnrolForm(Form, frozen=True):
    """Who may enrol and how many identifiers that takes."""

    id: str
    by: tuple[str, ...]
    identifiers: int
    source: Sources


class RegionForm(Form, frozen=True):
    """One state machine of the case, with dotted leaves."""

    initial: str
    phases: tuple[str, ...]
    closed: tuple[str, ...] = ()


class ReasonForm(Form, frozen=True):
    """A reason that a transition by a role needs while its guard is not a certain no; `deviation`: and is one.

    `with_course`: the guard is asked as if the course of the move had begun, and what it says is shown with the reason.
    `second`: on a certain yes another person signs too.
    """

    name: str
    when: str
    text: str
    deviation: bool = False
    with_course: bool = False
    second: bool = False


class OnlyForm(Form, frozen=True):
    """A narrower range of doses of a drug while a guard is a certain yes."""

    drug: str
    when: str
    dose: tuple[str, str]


class CourseForm(Form, frozen=True):
    """The treatment course that a transition declares: drugs and their dose ranges.

    `optional`: none of `one_of` may be given yet. `starts`: drugs that begin with the course where they have not begun
    yet. `only`: ranges that hold instead under a guard, the first that says yes. `free`: outside the file, so whoever
    begins it says regimen, drugs and whether it is intensive; a deviation, and so is each drug in it that would be
    refused.
    """

    regimen: str
    intensive: bool = False
    needs: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    doses: dict[str, tuple[str, str]] = {}
    optional: bool = False
    starts: tuple[str, ...] = ()
    only: tuple[OnlyForm, ...] = ()
    free: bool = False


class TransitionForm(Form, frozen=True):
    """A move. Without `by` it is automatic; `to = "same"` notes knowledge without a move.

    `region`: may be left out where there is only one.

    `excludes_because`: why an automatic move can never be enabled together with another one, by the other's name,
    where the checker cannot prove it from the guards. `second`: two persons sign. `receiver`: whoever takes the patient
    is named, with the time at which they accepted. `links`: another case of the person is named.
    """

    id: str
    name: str
    from_: tuple[str, ...] = msgspec.field(name="from")
    to: str
    source: Sources
    region: str = ""
    by: tuple[str, ...] = ()
    when: str | None = None
    reasons: tuple[ReasonForm, ...] = ()
    course: CourseForm | None = None
    identifiers: int = 0
    died_at: bool = False
    excludes_because: dict[str, str] = {}
    second: bool = False
    receiver: bool = False
    links: bool = False


class ExitForm(Form, frozen=True):
    """What an exit leaves behind: who takes it over, and what is handed to them.

    `heirs`: a role, or `receiver` for the person outside who takes the patient, for `results` that are still pending
    and for `reminders` that are open and critical (or for one of these by its id). `hand_over`: the facts that go
    along. An exit after which nobody has anything left to take over says why in `no_heirs`.
    """

    source: Sources
    heirs: dict[str, str] = {}
    hand_over: tuple[str, ...] = ()
    no_heirs: str | None = None


class ReopenForm(Form, frozen=True):
    """Who may take back an exit, by the exit where it says so, and how many identifiers that takes."""

    id: str
    by: tuple[str, ...]
    source: Sources
    by_exit: dict[str, tuple[str, ...]] = {}
    identifiers: int = 2


class MergeForm(Form, frozen=True):
    """Who may make one case of two cases of one person, choose between their phases, and part them again."""

    id: str
    by: tuple[str, ...]
    source: Sources


class AmendForm(Form, frozen=True):
    """Who may bring an open case to another version of the pathway, and whether a second person signs."""

    by: tuple[str, ...]
    source: Sources
    second: bool = True


class ScreenForm(Form, frozen=True):
    """Makes a pathway one for reports that could be given to no case: a case of it stands for one such report.

    The report is recorded in an empty case; where `when` is then no certain no, the case is opened, on the board under
    `ward`. The engine speaks under `role`: it enrols, sets the finding `settled` to `matched` or `rejected` when people
    have, and makes the move `leave`.
    """

    when: str
    ward: str
    role: str
    settled: str
    leave: str
    source: Sources
