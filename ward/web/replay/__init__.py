"""Replay: a case, or a whole ward, as it was shown at any moment before, with nothing in it of what came after."""
