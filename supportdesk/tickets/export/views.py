"""The link below the queue that saves what it shows as CSV."""

from flask import Blueprint, Response

from supportdesk import audit
from supportdesk.access import Role, may
from supportdesk.agents import auth
from supportdesk.sheets import stream
from supportdesk.tickets.export.queries import HEADS, rows_of
from supportdesk.tickets.queue_views import moment, read_filters

export = may(Role.AGENT)(Blueprint("export", __name__, url_prefix="/desk"))


@export.get("/queue.csv")
def queue() -> Response:
    filters = read_filters()
    audit.note(audit.What.EXPORTED, detail=f"queue,view={filters.view}")
    rows = rows_of(filters, auth.current_agent(), moment(filters))
    return stream(f"requests-{filters.view}.csv", HEADS, rows)
