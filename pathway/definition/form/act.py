"""Acts with drugs: requests with their doors and overrides, stops, verbal orders, proposals."""

from pathway.definition.form.part import Form, Sources


class DoorForm(Form, frozen=True):
    """One reason for which a request is allowed."""

    name: str
    when: str


class OverrideForm(Form, frozen=True):
    """Who may sign for a refused request, whether a second must, and when it is reviewed."""

    by: tuple[str, ...]
    review_after: str
    second: bool = False


class RequestForm(Form, frozen=True):
    """What may be asked with a drug. `refuse_when` refuses on yes; `allow_only_when` refuses on all but yes."""

    id: str
    drug: str
    acts: tuple[str, ...]
    by: tuple[str, ...]
    source: Sources
    refuse_text: str
    tells: tuple[str, ...]
    refuse_when: str | None = None
    allow_only_when: str | None = None
    doors: tuple[DoorForm, ...] = ()
    closed_text: str = ""
    override: OverrideForm | None = None


class StopForm(Form, frozen=True):
    """Who may stop a drug and what they confirm."""

    drug: str
    by: tuple[str, ...]
    source: Sources
    ticks: tuple[str, ...] = ()


class ProposalForm(Form, frozen=True):
    """What the engine proposes while a guard holds. It obliges nobody."""

    name: str
    when: str
    text: str
    source: Sources


class VerbalForm(Form, frozen=True):
    """Who may take an order by voice, and from whom: a taker does what the giver may, and the giver signs for it."""

    takers: tuple[str, ...]
    givers: tuple[str, ...]
    source: Sources
