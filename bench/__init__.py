"""Benches: each measures one figure against a limit that is taken in the same run, on the same machine."""
