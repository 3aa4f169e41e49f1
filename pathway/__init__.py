"""Wardpath: what should happen to a patient on a care pathway. Pure: no clock, no I/O, no randomness."""
