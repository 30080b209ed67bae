"""Backups of a whole house, and houses made of them."""

DEPARTURES = "departures"
"""The folder, beside the backups, of the journal of departures."""
