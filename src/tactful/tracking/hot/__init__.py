"""Set-based reads and writes of the way in. Hot paths in SQL."""
