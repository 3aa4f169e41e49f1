"""What an exit handed over, in words for pages."""

from pathway.case.events import HandedItem, HandedOver
from pathway.case.picture import HandedFactSeen, HandedItemSeen, HandedSeen
from pathway.definition.mentions import RECEIVER
from pathway.definition.pathway import Pathway


def handed_seen(pathway: Pathway, body: HandedOver) -> HandedSeen:
    """The hand-over of an exit: who takes what, and the facts as they were shown."""
    clear = body.receiver is not None and body.receiver.scheme == "clear"
    return HandedSeen(
        exit=body.exit,
        title=pathway.title(body.exit),
        items=tuple(item_seen(pathway, each) for each in body.taken),
        facts=tuple(
            HandedFactSeen(each.fact, pathway.title(each.fact), each.known, each.shown, each.at) for each in body.facts
        ),
        receiver=body.receiver.data if body.receiver is not None and clear else "",
        accepted_at=body.accepted_at,
        linked=body.linked,
    )


def item_seen(pathway: Pathway, item: HandedItem) -> HandedItemSeen:
    """One thing that somebody takes over."""
    what = pathway.title(item.name) if item.name in (*pathway.reminders, *pathway.form.facts) else item.name
    kind = "pending result" if item.kind == "result" else "reminder"
    return HandedItemSeen(kind, item.name, f"{kind} {what}", heir_words(item.heir), item.due_at)


def heir_words(heir: str) -> str:
    """Who takes it over."""
    return "the receiver" if heir == RECEIVER else heir.replace("_", " ") or "nobody"


def summary(pathway: Pathway, body: HandedOver) -> str:
    """One line of a timeline: no name and no fact."""
    parts = [f"{item_seen(pathway, each).what} to {heir_words(each.heir)}" for each in body.taken]
    parts += [f"{len(body.facts)} facts handed over"] if body.facts else []
    parts += [f"linked to case {body.linked}"] if body.linked else []
    return f"left by {pathway.title(body.exit)}: {'; '.join(parts) or 'nothing was open'}"
