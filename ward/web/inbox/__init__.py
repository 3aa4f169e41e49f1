"""The inbox: what rings for a role and a person, what they say to it, and the duty that they take and leave."""
