"""The state machines of a pathway: one flat machine per region, shared by all cases, run on a scratch object.

`transitions` is known here alone. Its hierarchical machine keeps its scope on itself and is not safe to share, and a
model bound to a machine costs 10 kB a case; so leaves have dotted names, parents in `from` are expanded by us, and
nothing is bound (ADR 0004).
"""

from transitions import Machine, MachineError

from pathway.definition.pathway import Pathway

SAME = "same"
#: What a region runs on; other modules hold it and do not look inside.
Regional = Machine


class Scratch:
    """What a machine moves: nothing but a state."""

    state: str


class MoveNotAllowed(Exception):
    """A transition does not begin at this leaf."""

    code = "move_not_allowed"


def machines(pathway: Pathway) -> dict[str, Machine]:
    """Region to machine; the trigger of a transition is its name."""
    return {region: machine(pathway, region) for region in pathway.form.regions}


def machine(pathway: Pathway, region: str) -> Machine:
    """The flat machine of one region."""
    form = pathway.form.regions[region]
    moves = [
        {"trigger": each.name, "source": leaf, "dest": None if each.to == SAME else each.to}
        for leaf in form.phases
        for each in pathway.transitions_from(region, leaf)
    ]
    return Machine(
        model=None,
        states=list(form.phases),
        initial=form.initial,
        transitions=moves,
        auto_transitions=False,
        send_event=True,
    )


def fire(shared: Machine, leaf: str, trigger: str) -> str:
    """The leaf after a trigger at a leaf. Raises MoveNotAllowed where the pathway has no such move."""
    scratch = Scratch()
    shared.set_state(leaf, model=scratch)
    try:
        shared.events[trigger].trigger(scratch)
    except (MachineError, KeyError) as error:
        raise MoveNotAllowed(
            f"{trigger} does not begin at {leaf}; expected a move of this pathway; see the diagram"
        ) from error
    return scratch.state
