"""Run in the peers' environment: 17 states in a row, 32 guarded moves, nothing kept. Prints microseconds a move."""

import json
import logging
from importlib.metadata import version
from statistics import median
from time import perf_counter_ns

from xstate_statemachine import MachineLogic, SyncInterpreter, create_machine

STATES, ROUNDS, WARM = 17, 200, 20


def machine() -> object:
    """On while the next flag is set, back while the last one is not, as in the generated pathway."""
    states = {}
    guards = {}
    for number in range(STATES):
        moves = {}
        if number < STATES - 1:
            moves["ON"] = {"target": f"phase_{number + 1}", "guard": f"set_{number}"}
            guards[f"set_{number}"] = lambda context, _event, flag=number: context["flags"][flag]
        if number:
            moves["BACK"] = {"target": f"phase_{number - 1}", "guard": f"clear_{number}"}
            guards[f"clear_{number}"] = lambda context, _event, flag=number: not context["flags"][flag - 1]
        states[f"phase_{number}"] = {"on": moves}
    config = {"id": "peer", "initial": "phase_0", "context": {"flags": [True] * STATES}, "states": states}
    return create_machine(config, logic=MachineLogic(guards=guards))


def measured() -> dict[str, object]:
    """From the first state to the last, again and again, each time on a new interpreter."""
    made = machine()
    took = []
    for _ in range(ROUNDS):
        running = SyncInterpreter(made)
        running.start()
        for _ in range(STATES - 1):
            began = perf_counter_ns()
            running.send("ON")
            took.append((perf_counter_ns() - began) / 1000)
        assert running.current_state_ids == {f"peer.phase_{STATES - 1}"}, running.current_state_ids
        running.stop()
    said = f"xstate-statemachine {version('xstate-statemachine')}"
    return {"ours": median(took[WARM:]), "note": f"{said}, one guarded move: in memory, no events, no reminders"}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    print(json.dumps(measured()))
