"""Reading a view from its first ticket to its last, a part at a time."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select

from supportdesk.agents.models import Agent
from supportdesk.agents.teams.models import Team
from supportdesk.database import db
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.narrowing.queries import Filters, matching
from supportdesk.tickets.tags.models import Tag
from supportdesk.tickets.tags.queries import tags_of

COLUMNS = (
    "reference",
    "status",
    "outcome",
    "priority",
    "topic",
    "route",
    "assignee",
    "team",
    "created_at",
    "updated_at",
    "reply_due_at",
    "first_replied_at",
    "solved_at",
)
HEADS = (*COLUMNS, "tags")
_AT_ONCE = 500


def rows_of(filters: Filters, agent: Agent, due: datetime | None) -> Iterator[list[str]]:
    """The view's tickets in its order, as it is now; read part by part as they are asked for.  Nothing is unsealed."""
    return _in_parts(db.session.scalars(matching(filters, agent, due).with_only_columns(Ticket.id)).all())


def _in_parts(ids: Sequence[int]) -> Iterator[list[str]]:
    names = {"assignee": Agent.name, "team": Team.name}
    columns = [names.get(name, getattr(Ticket, name)) for name in COLUMNS]
    wanted = select(Ticket.id, *columns).outerjoin(Ticket.assignee).outerjoin(Ticket.team)
    for begin in range(0, len(ids), _AT_ONCE):
        part = ids[begin : begin + _AT_ONCE]
        found = db.session.execute(wanted.where(Ticket.id.in_(part)))
        by_id = {row[0]: [_written(value) for value in row[1:]] for row in found}
        tags = tags_of(part)
        yield from ([*by_id[ticket_id], _listed(tags[ticket_id])] for ticket_id in part if ticket_id in by_id)


def _listed(tags: Sequence[Tag]) -> str:
    return " ".join(tag.name for tag in tags)


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return "" if value is None else str(value)
