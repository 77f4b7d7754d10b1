"""The peer: a bare Flask + psycopg application, served with the service's own server settings.

It does what one would write in an afternoon: insert the event that was sent and commit; select a page of a revision;
look up one row to say that nothing changed.
No tokens, no schemas, no duplicates, no journal, no tenants' walls. It must not be improved into a second service.
"""

from datetime import datetime
from typing import Any

import psycopg
from flask import Flask, jsonify, request
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

from service import serve, settings

_TABLE = """
CREATE TABLE IF NOT EXISTS bench_event (
    source text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, type text NOT NULL, subject text NOT NULL,
    time timestamptz NOT NULL, data jsonb NOT NULL, PRIMARY KEY (source, id))
"""
_INSERT = "INSERT INTO bench_event (source, id, type, subject, time, data) VALUES (%s, %s, %s, %s, %s, %s)"
_LOOKUP = "SELECT digest FROM run WHERE tenant_id = %(tenant)s AND run_no = %(run)s"
# The page is cut before names are looked up: joined first, a planner that knows little sorts everybody.
_PAGE = """
SELECT r.subject_no, u.kind || '/' || u.id AS subject, r.pool, r.rank, r.total::text, r.tier_no, r.no_tier,
    o.id AS organisation, r.post, r.outcomes
FROM (
    SELECT tenant_id, subject_no, organisation_no, pool, list_rank, rank, total, tier_no, no_tier, post, outcomes
    FROM result
    WHERE tenant_id = %(tenant)s AND run_no = %(run)s
      AND (pool, list_rank, subject_no) > (%(pool)s, %(rank)s, %(subject)s)
    ORDER BY pool, list_rank, subject_no LIMIT 100
) r
JOIN subject u ON u.tenant_id = r.tenant_id AND u.subject_no = r.subject_no
JOIN subject o ON o.tenant_id = r.tenant_id AND o.subject_no = r.organisation_no
ORDER BY r.pool, r.list_rank, r.subject_no
"""


def create_peer(url: str, pool_size: int) -> Flask:
    """The application, over a pool that is opened after the fork."""
    app = Flask("bench.peer", static_folder=None)
    pool = ConnectionPool(url, min_size=1, max_size=pool_size, open=False)
    # Under this name the server's own hooks open and close it.
    app.extensions["jifen.database"] = pool

    @app.get("/ready")
    def ready() -> dict[str, Any]:
        with pool.connection() as connection:
            connection.execute("SELECT 1")
        return {"status": "ready"}

    @app.post("/events")
    def post_event() -> Any:
        event = request.get_json(force=True)
        time = datetime.fromisoformat(event["time"])
        with pool.connection() as connection:
            connection.execute(
                _INSERT, [event["source"], event["id"], event["type"], event["subject"], time, Jsonb(event["data"])]
            )
        return jsonify({"id": event["id"]}), 201

    @app.get("/lookup")
    def get_lookup() -> Any:
        with pool.connection() as connection:
            found = connection.execute(_LOOKUP, request.args.to_dict()).fetchone()
        return ("", 304) if found else ("", 404)

    @app.get("/page")
    def get_page() -> dict[str, Any]:
        with pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return {"items": cursor.execute(_PAGE, request.args.to_dict()).fetchall()}

    return app


def main() -> None:
    """Serve until told to stop."""
    stated = settings.read()
    serve.prepare(stated)
    with psycopg.connect(stated.database_url) as connection:
        connection.execute(_TABLE)
    # The service's own server with another application in it: the same settings, whatever they become.
    server = serve._server(stated, stated.database_url)
    server.load = lambda: create_peer(stated.database_url, stated.pool_size)
    server.run()


if __name__ == "__main__":
    main()
