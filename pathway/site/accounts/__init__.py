"""The stream `site:accounts`: who may be here, in which role, on which ward; and which glass was broken."""
