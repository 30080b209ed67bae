"""Whole audiences in plain SQL: frozen in one statement, fed in chunks, accounted for in one query."""
