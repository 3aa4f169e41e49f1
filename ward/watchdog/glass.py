"""The auditor's questions about broken glass: whether somebody was told at once, and whether somebody looked at why."""

from collections.abc import Iterator

from pathway.clinical.instant import Instant, iso
from pathway.engine.errors import RecordDamaged
from pathway.site.accounts.state import Accounts, Glass
from pathway.site.streams import ACCOUNTS
from ward.watchdog.cause import Cause
from ward.watchdog.questions import DOCTOR, UNSENT_S, whole
from ward.wiring import House

REVIEW = "review it: wardpath break-glass review NUMBER --choice justified --reason WHY"


def about_glass(house: House, now: Instant) -> Iterator[Cause]:
    """Reviews that are overdue, and notices of a glass that did not go out."""
    try:
        state = house.engine.sites.accounts()
    except RecordDamaged as error:
        yield Cause("record_damaged", ACCOUNTS, error.happened, error.expected, f"{DOCTOR}; restore a backup")
        return
    for each in overdue(state, now):
        what = f"glass {each.body.number} was to be reviewed by {iso(whole(each.body.review_by))}"
        yield Cause("glass_unreviewed", str(each.body.number), what, "another person's review", REVIEW)
    for notice, sent in house.store.notices(ACCOUNTS):
        if sent in ("waiting", "sending"):
            what, mend = f"a notice of broken glass to {notice.role} is not sent", "tell the role by voice"
            yield Cause("notice_unsent", notice.key, what, "it to go out within two minutes", mend, UNSENT_S)
        elif sent == "undeliverable" and notice.created_at in {each.at for each in state.unreviewed()}:
            what, mend = f"a notice of broken glass to {notice.role} was given up", "tell the role by voice"
            yield Cause("notice_given_up", notice.key, what, "it to be delivered", mend)


def overdue(state: Accounts, now: Instant) -> tuple[Glass, ...]:
    """The glasses whose review is late."""
    return tuple(each for each in state.unreviewed() if each.overdue(now))
