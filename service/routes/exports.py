"""/v1/rankings as files: CSV, XLSX and NDJSON for programs and spreadsheets, and the list for public notice."""

from hashlib import sha256
from typing import Any

from flask import Response, request

from schemas.exports import Noticed
from schemas.results import Filtered
from service import __version__, exports
from service.database.transactions import Transaction
from service.exports import FORMATS, Asked
from service.http import access, language, requires
from service.results import Filter, Shown
from service.routes.blueprint import Blueprint
from service.routes.downloads import download
from service.routes.results import _Of, _shown

blueprint = Blueprint("exports", __name__, description="Rankings as files")


_FILE = {"type": "string", "format": "binary"}


class _Export(_Of, Filtered):
    pass


class _Notice(_Of, Filtered, Noticed):
    pass


@blueprint.get("/v1/rankings/<period>.<any(csv, xlsx, ndjson):form>")
@requires("results:read", narrow=True)
@blueprint.arguments(_Export, location="query")
@blueprint.answers(200, _FILE, content_type=FORMATS["ndjson"].media)
@blueprint.answers(200, _FILE, content_type=FORMATS["xlsx"].media)
@blueprint.answers(200, _FILE, content_type=FORMATS["csv"].media)
def get_export(query: dict[str, Any], period: str, form: str) -> Response:
    """The whole ranking as a file, with names for who may read the roster; an open period's is as of now."""
    asked = Asked(form, Filter.of(query, access().under), language(), "roster:read" in access().scopes)
    with _shown(period, query) as (transaction, shown):
        tag = _tag(transaction, shown, asked.with_names)
        if tag in request.if_none_match:
            return _same(tag)
        table = exports.take(transaction, shown, asked)
    file = exports.written(table, form)
    return _tagged(download(file, FORMATS[form].media, *exports.names(shown, form)), tag)


@blueprint.get("/v1/rankings/<period>/notice.<any(xlsx, html):form>")
@requires("results:read", narrow=True)
@blueprint.arguments(_Notice, location="query")
@blueprint.answers(200, _FILE, content_type=exports.NOTICES["xlsx"])
@blueprint.answers(200, _FILE, content_type=exports.NOTICES["html"])
def get_notice(query: dict[str, Any], period: str, form: str) -> Response:
    """The list for public notice of a published revision: the fields that are chosen, names masked."""
    with _shown(period, query) as (transaction, shown):
        tag = _tag(transaction, shown, with_names=True)
        if tag in request.if_none_match:
            return _same(tag)
        notice = exports.take_notice(transaction, shown, Filter.of(query, access().under), language(), query["fields"])
    file = exports.written_notice(notice, form)
    plain, name = exports.names(shown, form)
    answer = download(file, exports.NOTICES[form], f"notice-{plain}", f"公示 {name}", inline=form == "html")
    return _tagged(answer, tag)


def _tag(transaction: Transaction, shown: Shown, with_names: bool) -> str:
    """What the file depends on; names change with the roster, the words of files with the version of the service."""
    roster = transaction.one("dictionary").entry_id if with_names else None
    depends = (shown.identity, shown.state, request.full_path, language(), roster, access().under, __version__)
    return sha256(repr(depends).encode()).hexdigest()[:32]


def _same(tag: str) -> Response:
    return _tagged(Response(status=304), tag)


def _tagged(answer: Response, tag: str) -> Response:
    answer.set_etag(tag)
    answer.vary.update(("Accept-Language", "Authorization"))
    return answer
