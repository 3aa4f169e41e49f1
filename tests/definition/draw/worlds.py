"""Pathways to draw: the shipped one with other phases and transitions, chosen or invented."""

import msgspec
from hypothesis import strategies as st

from pathway.definition.form import RegionForm, TransitionForm
from pathway.definition.load import shipped
from pathway.definition.pathway import Pathway

SHIPPED = shipped("variant_apl", 1)
LEAVES = ("waiting", "testing", "care.first", "care.second", "care.third", "rest", "late.one", "late.two")
EXIT = "exit.gone"
Shapes = tuple[tuple[TransitionForm, ...], tuple[str, ...]]
ROLES = ("nurse", "haematologist", "transplant_coordinator")


def transition(
    id_: str, starts: tuple[str, ...], end: str, by: tuple[str, ...] = (), name: str = "go on"
) -> TransitionForm:
    """A transition with a guard that has signs a picture must escape."""
    return TransitionForm(
        id=id_, name=name, from_=starts, to=end, source=("R1",), region="main", by=by, when='value < 3 and "a" & b'
    )


def pathway(transitions: tuple[TransitionForm, ...], leaves: tuple[str, ...] = LEAVES) -> Pathway:
    """A pathway of one region with these moves and one closed phase."""
    region = RegionForm(initial=leaves[0], phases=(*leaves, EXIT), closed=(EXIT,))
    form = msgspec.structs.replace(SHIPPED.form, regions={"main": region}, transitions=transitions, titles={})
    return msgspec.structs.replace(SHIPPED, form=form)


@st.composite
def shapes(draw: st.DrawFn) -> Shapes:
    """The arguments of `pathway`: moves on, back, inside a parent, from parents, to itself, notes and exits."""
    leaves = tuple(draw(st.lists(st.sampled_from(LEAVES), min_size=1, max_size=len(LEAVES), unique=True)))
    starts = (*leaves, *dict.fromkeys(leaf.split(".")[0] for leaf in leaves if "." in leaf))
    made = draw(
        st.lists(
            st.builds(
                transition,
                st.sampled_from([f"T{number:02}" for number in range(1, 9)]),
                st.lists(st.sampled_from(starts), min_size=1, max_size=4, unique=True).map(tuple),
                st.sampled_from([*leaves, "same", EXIT]),
                st.lists(st.sampled_from(ROLES), max_size=3, unique=True).map(tuple),
                st.sampled_from(["go_on", "confirm_again_in_course", "Wwwwwwww_mmmmmmmm"]),
            ),
            max_size=14,
        )
    )
    return tuple(made), leaves
