"""/v1/imports: events as XLSX or CSV, and the template that is made for a rulebook."""

from io import BytesIO
from itertools import islice
from typing import Any, BinaryIO

from flask import Response, jsonify, request

from schemas.answers.files import Imported
from schemas.fields import Code, Shape, Switch, Text
from schemas.files import Zone
from service import event_types, http
from service.errors import Problem
from service.files import bodies, opening, taking, template
from service.files.bodies import TIMEZONE, Entry, Filing
from service.files.taking import MOST_TOLD, Became
from service.http import access, all_of_it, body, database, language, requires
from service.routes.blueprint import BINARY, TEXT, Blueprint
from service.routes.downloads import download
from service.routes.taking import tell
from service.spreadsheets import CSV, XLSX

blueprint = Blueprint("files", __name__, description="Events in files")

_FORM = "multipart/form-data"
_SHOWN = 20
_ONE_FILE = {"type": "object", "properties": {"file": BINARY}, "required": ["file"]}
_OF_FILES = (
    "file.columns",
    "file.damaged",
    "file.empty",
    "file.encoding",
    "file.format",
    "file.line",
    "file.merges",
    "file.one",
    "file.quotes",
    "file.refused",
    "file.rows",
    "file.unpacked",
)


class _Import(Shape):
    source = Text(required=True)
    type_ = Text(data_key="type", load_default=None)
    timezone = Zone()
    dry_run = Switch(load_default=False)
    atomic = Switch(load_default=True)


class _Template(Shape):
    rulebook = Text(required=True)
    format = Code("xlsx", "csv", load_default="xlsx")
    type_ = Text(data_key="type", load_default=None)


@blueprint.post("/v1/imports")
@requires("events:write")
@blueprint.answers(200, Imported)
@blueprint.answers(207, Imported, description="with ?atomic=false: some are refused")
@blueprint.takes({_FORM: _ONE_FILE, XLSX: BINARY, "text/csv": TEXT})
@blueprint.refuses("access.source", *_OF_FILES)
@blueprint.arguments(_Import, location="query")
def post_import(query: dict[str, Any]) -> Response:
    """Send the events of a file: all or none, or with ?atomic=false those that can be; ?dry_run=true only tells."""
    if query["source"] not in access().sources:
        raise Problem("access.source", source=query["source"])
    with database().transaction(access().tenant_id) as transaction:
        types = event_types.all_types(transaction)
    entries = _entries(Filing(types, query["source"], query["type_"], query.get("timezone", TIMEZONE)))
    became = _became(entries, query["dry_run"], query["atomic"])
    refused = [found for one in became for found in one.found]
    said: dict[str, Any] = {"rows": len(became), **taking.counted(became)}
    if query["dry_run"]:
        said["first"] = [_shown(one) for one in became[:_SHOWN]]
    else:
        tell([one.item for one in became if one.item])
    response = jsonify({**said, "errors": [found.body(language()) for found in refused[:MOST_TOLD]]})
    response.status_code = 207 if refused and not query["dry_run"] else 200
    return response


@blueprint.get("/v1/imports/template")
@requires("events:write")
@blueprint.answers(200, BINARY, content_type=XLSX, headers=("Content-Disposition",))
@blueprint.answers(200, TEXT, content_type=CSV, headers=("Content-Disposition",))
@blueprint.refuses("resource.unknown")
@blueprint.arguments(_Template, location="query")
def get_template(query: dict[str, Any]) -> Response:
    """A workbook with a sheet for each event type that the rulebook reads, or CSV for one of them."""
    with database().transaction(access().tenant_id) as transaction:
        types = template.types_read(transaction, query["rulebook"])
    if query["format"] == "xlsx":
        return download(BytesIO(template.workbook(types)), XLSX, f"{query['rulebook']}.xlsx")
    type_ = template.one_of(types, query["type_"])
    return download(BytesIO(template.csv_of(type_)), CSV, f"{type_.type}.csv")


def _entries(filing: Filing) -> list[Entry]:
    """Every row of the file. Problem file.empty, file.rows, and those of a file that can't be read."""
    most = http.settings().max_file_rows
    source, charset = _file()
    entries = list(islice(bodies.entries(opening.tables(source, charset=charset), filing), most + 1))
    if not entries:
        raise Problem("file.empty")
    if len(entries) > most:
        raise Problem("file.rows", most=most)
    return entries


def _file() -> tuple[BinaryIO, str | None]:
    """The file of the request, and its charset where that is stated."""
    if request.mimetype == _FORM:
        with all_of_it():
            parts = [part for parts in request.files.listvalues() for part in parts]
        if len(parts) != 1:
            raise Problem("file.one")
        return BytesIO(parts[0].stream.read()), parts[0].mimetype_params.get("charset")
    if request.mimetype not in ("text/csv", XLSX):
        raise Problem("request.media_type", type=request.mimetype or "-")
    return BytesIO(body()), request.mimetype_params.get("charset")


def _became(entries: list[Entry], dry_run: bool, atomic: bool) -> list[Became]:
    size = http.settings().max_batch_events
    if not (dry_run or atomic):
        return [one for part in taking.stored(database(), access(), entries, size) for one in part]
    with database().transaction(access().tenant_id) as transaction:
        if dry_run:
            return [one for part in taking.tried(transaction, access(), entries, size) for one in part]
        return taking.all_or_none(transaction, access(), entries, size)


def _shown(one: Became) -> dict[str, Any]:
    place = {"sheet": one.entry.sheet, "row": one.entry.row.number}
    return {**place, "result": one.outcome, "event": one.entry.body}
