"""Upgrades while the service serves: nothing that its users ask for fails."""
