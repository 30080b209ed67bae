"""Measurements: ``bin/bench NAME``. Each brings its own database and cleans up behind itself."""
