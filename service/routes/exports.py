"""/v1/rankings as files: CSV, XLSX and NDJSON for programs and spreadsheets, and the list for public notice."""

from typing import Any

from flask import Response

from schemas.exports import Noticed
from schemas.results import Filtered, Sorted
from service import exports
from service.exports import FORMATS, Asked
from service.http import access, language, requires
from service.results import Filter
from service.routes.blueprint import BINARY, SHOWN, Blueprint
from service.routes.downloads import download
from service.routes.showing import Of, showing

blueprint = Blueprint("exports", __name__, description="Rankings as files")

_NAMED = ("Content-Disposition",)


class _Export(Of, Sorted):
    pass


class _Notice(Of, Filtered, Noticed):
    pass


@blueprint.get("/v1/rankings/<period>.<any(csv, xlsx, ndjson):form>")
@requires("results:read", narrow=True)
@blueprint.tagged
@blueprint.answers(200, BINARY, content_type=FORMATS["csv"].media, headers=_NAMED)
@blueprint.answers(200, BINARY, content_type=FORMATS["xlsx"].media, headers=_NAMED)
@blueprint.answers(200, BINARY, content_type=FORMATS["ndjson"].media, headers=_NAMED)
@blueprint.refuses(*SHOWN, "export.rows")
@blueprint.arguments(_Export, location="query")
def get_export(query: dict[str, Any], period: str, form: str) -> Response:
    """The whole ranking as a file, with names for who may read the roster; an open period's is as of now."""
    sought, with_names = Filter.of(query, access().under), "roster:read" in access().scopes
    asked = Asked(form, sought, language(), with_names, query["sort"])
    with showing(period, query, also=(asked.language, asked.with_names)) as (transaction, shown):
        table = exports.take(transaction, shown, asked)
    return download(exports.written(table, form), FORMATS[form].media, *exports.names(shown, form))


@blueprint.get("/v1/rankings/<period>/notice.<any(xlsx, html):form>")
@requires("results:read", narrow=True)
@blueprint.tagged
@blueprint.answers(200, BINARY, content_type=exports.NOTICES["xlsx"], headers=_NAMED)
@blueprint.answers(200, BINARY, content_type=exports.NOTICES["html"], headers=_NAMED)
@blueprint.refuses(*SHOWN, "export.rows")
@blueprint.arguments(_Notice, location="query")
def get_notice(query: dict[str, Any], period: str, form: str) -> Response:
    """The list for public notice of a published revision: the fields that are chosen, names masked."""
    with showing(period, query, also=(language(),)) as (transaction, shown):
        notice = exports.take_notice(transaction, shown, Filter.of(query, access().under), language(), query["fields"])
    file = exports.written_notice(notice, form)
    plain, name = exports.names(shown, form)
    return download(file, exports.NOTICES[form], f"notice-{plain}", f"公示 {name}", inline=form == "html")
