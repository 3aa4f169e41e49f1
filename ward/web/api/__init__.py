"""The API, for programs: what the pages can do, at /api/v1, with JSON and errors that say how to mend them."""
