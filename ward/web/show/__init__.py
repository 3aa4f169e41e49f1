"""Showing: the pages that read and change nothing: the board, the patient, the reasons, the replay, about."""
