"""Policy: which role may ask what, and where; one table for every face, read by ward/door.py alone."""
