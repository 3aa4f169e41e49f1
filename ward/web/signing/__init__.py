"""Signing in with a browser: in and out, one's own account, broken glass, and what is said to whoever is not let in."""
