"""The audit for admins: who looked at what, when and from where; page by page, and as a file."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, render_template, request, url_for

from supportdesk import sheets
from supportdesk.access import Role, may
from supportdesk.agents.models import Agent
from supportdesk.agents.queries import agents_by_id
from supportdesk.audit import What, note, queries
from supportdesk.audit.models import AuditEvent

audit = may(Role.ADMIN)(Blueprint("audit", __name__, url_prefix="/desk"))

_PAGE, _MOST = 50, 50_000  # Rows on a page; rows in a file.


@audit.get("/audit")
def page() -> str:
    filters = _filters()
    note(What.AUDIT_READ, detail=f"page={_page_number()}")
    return render_template(
        "desk/audit.html",
        page=queries.audit_page(filters, _midnight(filters), _page_number(), _PAGE),
        filters=filters,
        asked={name: value for name, value in asdict(filters).items() if value},
        people=agents_by_id(),
        kinds=list(What),
        link=lambda number: url_for(".page", page=number, **asdict(filters)),
    )


@audit.get("/audit.csv")
def as_csv() -> Response:
    """The newest fifty thousand of what is asked for."""
    filters = _filters()
    events = queries.newest(filters, _midnight(filters), _MOST)
    note(What.EXPORTED, detail=f"audit,rows={len(events)}")
    head = ["number", "time", "what", "who", "email", "from", "request", "detail"]
    return sheets.download("audit.csv", [head, *_rows(events, agents_by_id())])


def _rows(events: Iterable[AuditEvent], people: Mapping[int, Agent]) -> Iterable[list[object]]:
    for event in events:
        who = people.get(event.agent_id or 0)
        name, email = (who.name, who.email) if who else ("", "")
        yield [event.id, event.at.isoformat(), event.what, name, email, event.place, event.reference, event.detail]


def _filters() -> queries.Filters:
    asked = {name: request.args.get(name, "")[:40].strip() for name in asdict(queries.Filters())}
    return queries.Filters(**asked | {"reference": asked["reference"].upper()})


def _midnight(filters: queries.Filters) -> datetime | None:
    try:
        day = date.fromisoformat(filters.day)
    except ValueError:
        return None
    return datetime.combine(day, time(), ZoneInfo(current_app.config["TIMEZONE"]))


def _page_number() -> int:
    return min(max(1, request.args.get("page", 1, type=int)), 10**6)
