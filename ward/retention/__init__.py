"""Retention as people see it: what is due for erasure, what would stay readable, and the tombstones kept elsewhere."""
