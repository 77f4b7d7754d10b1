"""A file of either format, told by how it begins and not by what it is called."""

from collections.abc import Iterable
from typing import BinaryIO

from service.errors import Problem
from service.files import of_csv, of_xlsx
from service.files.tables import Table


def tables(source: BinaryIO, name: str = "", charset: str | None = None) -> Iterable[Table]:
    """The tables of a file that can be read twice; CSV is one of that name. Problem file.format and those of either."""
    source.seek(0)
    begins = source.read(len(of_xlsx.BEGINS))
    if begins == of_xlsx.OTHERS_BEGIN:
        raise Problem("file.format")
    return of_xlsx.tables(source) if begins == of_xlsx.BEGINS else [of_csv.table(source, name, charset)]
