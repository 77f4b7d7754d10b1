"""Results as files: for people who open them in a spreadsheet, for systems that read them line by line.

    columns    what a table of results holds, in the words of its rulebook: one list for every kind of file
    tables     results as a table, which is a CSV file already; everything else is made from it
    as_ndjson  a JSON document for each result
    as_xlsx    a workbook: ranking, lines, the rulebook in words, outcomes
    notices    the list that is put up for public notice, with masked names, as a workbook and as a page

A table is taken within a transaction, at once and whole; what follows needs none, so that nobody who reads slowly
holds one. Memory stays flat: rows lie in files without a name. It knows neither HTTP nor a terminal.
"""

from service.exports.exporting import FORMATS, Asked, Format, count, names, take, written
from service.exports.notices import NOTICES, Notice, take_notice, written_notice

__all__ = [
    "FORMATS",
    "NOTICES",
    "Asked",
    "Format",
    "Notice",
    "count",
    "names",
    "take",
    "take_notice",
    "written",
    "written_notice",
]
