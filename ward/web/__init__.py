"""The web face: a board, a page for each patient, and what was known when. Server-rendered, read-only."""
