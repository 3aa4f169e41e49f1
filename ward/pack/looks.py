"""Who looked at a case by a moment, who was denied to, and which glass was broken for it."""

from zoneinfo import ZoneInfo

from pathway.clinical.instant import Instant
from pathway.engine.ports import Access
from ward.pack.section import Section
from ward.pack.told import spaced
from ward.spreadsheet import When
from ward.web.moment import moment_text
from ward.web.replay.lookers import OUTCOMES
from ward.wiring import House


def looked(house: House, case: str, until: Instant) -> Section:
    """Every look at a case by an instant, oldest first."""
    return Section(
        key="looks",
        title="Who looked",
        lead="Every look at this case up to the moment of this pack, and every one that was denied. What was seen is "
        "not kept, only that it was looked at.",
        columns=("Look", "When", "Who", "Role", "Proven by", "Came through", "At what", "Outcome", "Reason"),
        rows=tuple(row(each) for each in until_then(house, case, until)),
        widths=("11mm", "27mm", "28mm", "24mm", "20mm", "18mm", "24mm", "22mm", "1fr"),
        none="Nobody.",
    )


def until_then(house: House, case: str, until: Instant) -> list[Access]:
    """The looks at a case by an instant."""
    found, after = list[Access](), 0
    while page := house.store.accesses(case=case, after=after):
        after = page[-1].number
        found += [each for each in page if each.at <= until]
    return found


def row(each: Access) -> tuple[int, When, str, str, str, str, str, str, str]:
    """One look in words."""
    by, outcome = each.by, OUTCOMES.get(each.outcome, each.outcome)
    what = spaced(each.what)
    return (
        each.number,
        When(each.at),
        by.actor,
        spaced(by.role),
        by.authenticated,
        by.source,
        what,
        outcome,
        each.reason,
    )


def glass(house: House, case: str, until: Instant, zone: ZoneInfo) -> Section:
    """Every glass that was broken for a case by an instant, with what its reviewer had said by then."""
    opened, rows = house.engine.opened, []
    for each in house.engine.sites.accounts().glass.values():
        if each.body.patient_case != case or each.at > until:
            continue
        said = "not reviewed"
        if each.reviewed is not None and each.reviewed_at is not None and each.reviewed_at <= until:
            by = "" if each.reviewed_by is None else each.reviewed_by.actor
            said = f"{spaced(each.reviewed.choice)}: {opened(each.reviewed.reason).text} ({by}, "
            said += f"{moment_text(each.reviewed_at, zone)})"
        reason = opened(each.body.reason).text
        rows.append((each.body.number, When(each.at), When(each.body.until), each.body.account, reason, said))
    return Section(
        key="glass",
        title="Broken glass",
        lead="Who reached this case in an emergency without a role on its ward, why, and what another person said.",
        columns=("Glass", "From", "Until", "Who", "Why", "Review"),
        rows=tuple(rows),
        widths=("12mm", "27mm", "27mm", "30mm", "1fr", "1fr"),
    )
