"""Figures: what the histories of a house say by the indicators of its pathways, and what stood out in them."""
