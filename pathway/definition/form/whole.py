"""The whole file, its invariants and whom it tells; and the overrides of a site."""

from typing import Literal

from pathway.definition.form.act import ProposalForm, RequestForm, StopForm, VerbalForm
from pathway.definition.form.duty import ReminderForm
from pathway.definition.form.fact import ChoiceForm, FactForm, LatchForm, SettingForm
from pathway.definition.form.part import Form, Sources
from pathway.definition.form.phase import (
    AmendForm,
    EnrolForm,
    ExitForm,
    MergeForm,
    RegionForm,
    ReopenForm,
    ScreenForm,
    TransitionForm,
)


class NeverForm(Form, frozen=True):
    """What must never hold, or not longer than to an instant; whom its breach tells."""

    id: str
    name: str
    when: str
    no_later_than: str
    tells: tuple[str, ...]
    text: str
    source: Sources


class ReviewsForm(Form, frozen=True):
    """Which decisions are urgent when their basis changes, how long they are fresh, and who settles a review."""

    urgent_drugs: tuple[str, ...]
    fresh_for: str
    by: tuple[str, ...]
    source: Sources


class FailuresForm(Form, frozen=True):
    """Whom it tells when a rule of a case has failed: somebody at the bed, and somebody who can mend it."""

    tells: tuple[str, ...]
    source: Sources


class HandOverForm(Form, frozen=True):
    """How long a reminder that is handed over may wait for the person named, before it rings to whoever offered it."""

    within: str
    source: Sources


class RulesForm(Form, frozen=True):
    """Who looks after the rules: whom a report of a wrong rule tells, and a day over its budget."""

    tells: tuple[str, ...]
    source: Sources


class BudgetForm(Form, frozen=True):
    """How much a day of one patient may tell outside the critical class: needs in an inbox, and pages."""

    lines: str
    pages: str
    source: Sources


class ArrivalsForm(Form, frozen=True):
    """Whom it tells when a patient comes to another ward: whoever answers there for what is open."""

    tells: tuple[str, ...]
    source: Sources


class AtHomeForm(Form, frozen=True):
    """When a patient is at home: notices then go to the ward that the site names as the day unit."""

    when: str
    source: Sources


class PanelForm(Form, frozen=True):
    """How a page draws the values of a laboratory fact over time: the lowest and the highest figure of its scale."""

    scale: tuple[str, str]
    source: Sources


class SiteSettingForm(Form, frozen=True):
    """What a site says of one setting: another value, or other rounds; why, and who signed for it."""

    value: str | None = None
    rounds: tuple[str, ...] = ()
    reason: str = ""
    signed_by: str = ""
    second: str = ""


class SiteForm(Form, frozen=True):
    """A site's own file: the settings of one version of a pathway that are others here."""

    pathway: str
    version: int
    settings: dict[str, SiteSettingForm]


class PathwayForm(Form, frozen=True):
    """A whole pathway file of format 1."""

    format: Literal[1]
    pathway: str
    version: int
    title: str
    status: str
    roles: tuple[str, ...]
    clinicians: tuple[str, ...]
    enrol: EnrolForm
    settings: dict[str, SettingForm]
    facts: dict[str, FactForm]
    regions: dict[str, RegionForm]
    reviews: ReviewsForm
    failures: FailuresForm
    conditions: dict[str, str] = {}
    latches: dict[str, LatchForm] = {}
    choices: dict[str, ChoiceForm] = {}
    titles: dict[str, str] = {}
    lines: dict[str, str] = {}
    transitions: tuple[TransitionForm, ...] = ()
    exits: dict[str, ExitForm] = {}
    reopen: ReopenForm | None = None
    merge: MergeForm | None = None
    amend: AmendForm | None = None
    screen: ScreenForm | None = None
    arrivals: ArrivalsForm | None = None
    at_home: AtHomeForm | None = None
    requests: tuple[RequestForm, ...] = ()
    stops: tuple[StopForm, ...] = ()
    proposals: tuple[ProposalForm, ...] = ()
    reminders: tuple[ReminderForm, ...] = ()
    never: tuple[NeverForm, ...] = ()
    verbal_orders: VerbalForm | None = None
    hand_over: HandOverForm | None = None
    rules: RulesForm | None = None
    budget: BudgetForm | None = None
    panels: dict[str, PanelForm] = {}
