"""The pages of whoever inspects the record."""
