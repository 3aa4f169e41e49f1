"""The demonstration: invented patients on one ward, and a time of their own that runs fast."""
