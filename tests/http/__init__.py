"""The service as its clients see it: one file per resource, over the application and a real PostgreSQL."""
