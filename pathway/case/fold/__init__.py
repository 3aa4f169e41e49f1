"""The fold of one event of each type, in place on a draft of the case. `evolve` brings them together."""
