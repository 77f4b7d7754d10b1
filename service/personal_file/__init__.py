"""The file of a person: everything that is kept about a worker, for HR and for who asks what is kept about him.

It is gathered section by section and written as it is gathered, as JSON or as a workbook; a file of ten years is never
in memory as a whole. It holds what is stored: what an open period would come to is asked of the period.
"""

from service.personal_file.as_json import write_json
from service.personal_file.as_workbook import write_workbook
from service.personal_file.gathered import Section, gathered

__all__ = ["Section", "gathered", "write_json", "write_workbook"]
