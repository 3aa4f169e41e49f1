"""Where cases are kept: an SQLite store and a memory store behind the ports of `pathway.engine`."""
