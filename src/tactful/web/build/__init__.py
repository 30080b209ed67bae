"""Builders: what the database says becomes what a page shows. Reads only, a fixed number of queries."""
