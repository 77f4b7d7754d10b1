"""What there is about one subject over time: a worker's whole file, and the trend of results."""

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from flask import Response

from schemas.answers.personal_file import PersonalFile
from schemas.answers.trend import TrendPage
from schemas.fields import Code, Shape, Text
from schemas.results import Limit
from schemas.rulebook_nodes import PERIOD_KINDS
from service import clock, journal, personal_file, results, seeing
from service.http import access, database, requires
from service.routes.blueprint import BINARY, PAGES, Blueprint
from service.routes.downloads import download
from service.spreadsheets import XLSX

blueprint = Blueprint("subjects", __name__, description="One subject over time")

_NAMED = ("Content-Disposition",)
_FILE_SCOPES = ("roster:read", "events:read", "results:read")


class _Trend(Shape):
    rulebook = Text()
    kind = Code(*PERIOD_KINDS)
    after = Text(most=500)
    limit = Limit()


@blueprint.get("/v1/<any(workers, organisations):kind>/<id_>/trend")
@requires("results:read", instead=("self",), narrow=True)
@blueprint.answers(200, TrendPage)
@blueprint.refuses("resource.unknown", "rulebook.ambiguous", *PAGES)
@blueprint.arguments(_Trend, location="query")
def get_trend(query: dict[str, Any], kind: str, id_: str) -> dict[str, Any]:
    """A page of the subject's published results of one rulebook and kind of period, the latest first."""
    kind = kind.removesuffix("s")
    own = access().only_own(f"{kind}/{id_}", "results:read")
    with database().transaction(access().tenant_id) as transaction:
        seeing.refuse_unseen(transaction, None if own else access().under, kind, id_)
        return results.trend(transaction, kind, id_, query, own)


@blueprint.get("/v1/workers/<id_>/file")
@requires(*_FILE_SCOPES, instead=("self",), narrow=True)
@blueprint.answers(200, PersonalFile, headers=_NAMED)
@blueprint.refuses("resource.unknown")
def get_file(id_: str) -> Response:
    """Everything that is kept about a worker: record, events, results, decisions, objections."""
    return _file(id_, personal_file.write_json, "application/json", "json")


@blueprint.get("/v1/workers/<id_>/file.xlsx")
@requires(*_FILE_SCOPES, instead=("self",), narrow=True)
@blueprint.answers(200, BINARY, content_type=XLSX, headers=_NAMED)
@blueprint.refuses("resource.unknown")
def get_file_as_workbook(id_: str) -> Response:
    """The same as a workbook."""
    return _file(id_, personal_file.write_workbook, XLSX, "xlsx")


def _file(id_: str, write: Callable[[BinaryIO, dict[str, Any], Any], None], media: str, ending: str) -> Response:
    """Written as a whole before it is sent: who reads slowly holds no connection, and what fails is a problem."""
    own = access().only_own(f"worker/{id_}", *_FILE_SCOPES)
    watermark = journal.sealed(database(), access().tenant_id)
    head = {"subject": f"worker/{id_}", "taken_at": clock.now().isoformat(), "watermark": watermark}
    file = TemporaryFile()  # noqa: SIM115 - closed when it is sent
    try:
        with database().transaction(access().tenant_id, frozen=True) as transaction:
            seeing.refuse_unseen(transaction, None if own else access().under, "worker", id_)
            write(file, head, personal_file.gathered(transaction, id_, own))
    except BaseException:
        file.close()
        raise
    return download(file, media, f"{id_}.{ending}", inline=ending == "json")
