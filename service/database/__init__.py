"""The database's room: the only one that knows psycopg, and PostgreSQL as a program.

transactions (what everybody uses), migrations (the schema), embedded and unprivileged (a server of our own).
"""
