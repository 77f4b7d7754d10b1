"""Events in files: spreadsheets and CSV as people fill them in, read into the bodies that intake takes.

    tables     rows of cells with their places; of_csv and of_xlsx read them, opening tells which
    columns    which column holds what: as a template's header says, or as a mapping for somebody else's table says
    cells      what a person types, as the value that an event holds
    bodies     rows as the bodies of events, each with an id that a second reading gives again
    of_ndjson  events that are written as they are sent, one a line
    taking     bodies through intake, and what became of each row
    refused    the rows that were refused, as a file to be mended
    template   the workbook in which a county fills in the events that its rulebook reads

It knows neither HTTP nor a terminal.
"""
