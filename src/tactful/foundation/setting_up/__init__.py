"""Letting the first people in, and remembering how far a new house has come."""
