"""The event table of a PostgreSQL store in parts, by the hash of the case: as an administrator would lay it out.

Nothing of the product knows of it. The key of the table leads with the case, so that it is also a key over the parts.
"""

from persistence.postgres.layout import guard
from persistence.postgres.session import connect


def part(url: str, parts: int) -> None:
    """Lay the event table out in so many parts, with what is in it, its guards and its grants, in one transaction."""
    with connect(url, statement_timeout="0") as raw, raw.transaction():
        for statement in statements(parts):
            raw.execute(statement.encode(), prepare=False)


def statements(parts: int) -> list[str]:
    """The layout, as an administrator would type it."""
    made = [
        "ALTER TABLE event RENAME TO event_whole",
        "ALTER TABLE event_whole RENAME CONSTRAINT event_pkey TO event_whole_pkey",
        'CREATE TABLE event (LIKE event_whole INCLUDING ALL EXCLUDING INDEXES) PARTITION BY HASH ("case")',
        'ALTER TABLE event ADD CONSTRAINT event_pkey PRIMARY KEY ("case", position)',
    ]
    made += [
        f"CREATE TABLE event_{number} PARTITION OF event FOR VALUES WITH (MODULUS {parts}, REMAINDER {number})"
        for number in range(parts)
    ]
    made += ["INSERT INTO event SELECT * FROM event_whole", "DROP TABLE event_whole"]
    made += guard("event_follows", "event", "INSERT", function="event_follows")
    for verb in ("UPDATE", "DELETE"):
        made += guard(f"event_no_{verb.lower()}", "event", verb)
    # A trigger of a statement is not handed down to the parts: each gets its own.
    for table in ("event", *(f"event_{number}" for number in range(parts))):
        made += guard(f"{table}_no_truncate", table, "TRUNCATE", each="STATEMENT")
    return made
