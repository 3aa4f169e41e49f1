"""The versions of the schema, one step each, for both databases. `persistence.upgrade` walks them."""
