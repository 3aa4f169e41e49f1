"""Retention: how long what is kept, what a legal hold keeps, and what was erased by destroying its key."""
