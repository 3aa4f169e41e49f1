"""Approval: which definitions in use at a store two people have not signed for, and what is said while that is so."""

from collections.abc import Callable

from msgspec.structs import replace

from pathway.engine.ports import Notice
from scheduler.post import Deliver, Posted
from ward.errors import NotHere
from ward.wiring import House

BANNER = "Not clinically approved"


def banner(house: House) -> str:
    """What every page, table and notice says while a definition in use is not signed for; empty once all are.

    A definition that was withdrawn for safety is none that is approved, though its open cases go on under it.
    """
    state = house.engine.sites.definitions()
    if state.damaged:
        return BANNER
    return "" if all(each in state.approved and each not in state.withdrawn for each in in_use(house)) else BANNER


def refuse_unsigned(house: House) -> None:
    """Raises NotHere for a live store that would run a definition which two people have not signed for here."""
    if house.store.origin != "live":
        return
    approved = house.engine.sites.definitions().approved
    unsigned = [each for each in in_use(house) if each not in approved]
    if unsigned:
        raise NotHere(
            f"a live store was to run on {len(unsigned)} definitions that nobody approved: "
            f"{', '.join(words(house, each) for each in unsigned)}",
            "definitions that two people of this site have signed for, digest by digest",
            "see `wardpath definitions`; after the site's own safety case, `wardpath approve`",
        )


def in_use(house: House) -> tuple[str, ...]:
    """The digests that a case may begin under here, and those that open cases go by."""
    withdrawn = house.engine.sites.definitions().withdrawn
    begin = (each.digest for each in house.pathways if each.digest not in withdrawn)
    return tuple(dict.fromkeys([*begin, *house.store.bundles_in_use()]))


def words(house: House, digest: str) -> str:
    """A definition by name, version and the beginning of its digest; by that alone where this release has it not."""
    if not house.engine.knows(digest):
        return digest[:12]
    form = house.engine.pathway_of(digest).form
    return f"{form.pathway} version {form.version} ({digest[:12]})"


class Marked:
    """A delivery whose notices say that nothing is approved, as long as that is so when they go out."""

    def __init__(self, deliver: Deliver, said: Callable[[], str]) -> None:
        self._deliver, self._said = deliver, said

    def send(self, notice: Notice, attempt: int) -> Posted:
        """Send the notice on, marked where there is something to say; its key stays the same."""
        said = self._said()
        marked = replace(notice, text=f"{notice.text} [{said.lower()}]") if said else notice
        return self._deliver.send(marked, attempt)
