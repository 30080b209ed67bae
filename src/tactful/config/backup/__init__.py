"""Backups of a whole house, and houses made of them."""

ERASURES = "erasures"
"""The folder, beside the backups, of the journal of erasures."""
DEPARTURES = "departures"
"""The folder, beside the backups, of the journal of departures."""
