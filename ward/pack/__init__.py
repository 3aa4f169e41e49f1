"""The audit pack of a case: all that is on the record of it up to a moment, on paper and as files, checked alone."""
