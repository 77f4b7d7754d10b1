"""A process that delivers the messages of a tenant, to be killed: database, tenant, settings as JSON."""

import json
import sys

from service.database.transactions import Database
from service.settings import Settings
from service.webhooks import delivering
from service.webhooks.terms import terms

if __name__ == "__main__":
    url, tenant_id, stated = sys.argv[1], int(sys.argv[2]), Settings(**json.loads(sys.argv[3]))
    database = Database(url, stated)
    database.open()
    delivering.derive_all(database, tenant_id)
    for webhook in delivering.due(database, tenant_id):
        delivering.drive(database, tenant_id, webhook, terms(stated))
    database.close()
