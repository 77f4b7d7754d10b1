"""A pool on the module's database, as for the other computations."""

from tests.computation.conftest import module_database

__all__ = ["module_database"]
