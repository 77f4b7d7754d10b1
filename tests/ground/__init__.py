"""Tests of the ground the service stands on: its database, its image, its repository."""
