"""Administering in a browser: people, rosters, channels, beds, definitions, quarantine, health, downtime sheets."""
