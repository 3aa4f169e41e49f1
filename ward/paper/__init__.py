"""The downtime sheets: one page per ward, on paper before it is needed."""
