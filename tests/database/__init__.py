"""What the database itself holds, whoever asks: constraints, roles, row-level security, the journal."""
