"""The hot path in plain SQL. psycopg 3 on Django's connection: statements for whole batches."""
