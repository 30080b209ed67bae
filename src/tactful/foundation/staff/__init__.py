"""The people who work here, as owners manage them."""
