"""How long whoever wrote of what may be an emergency waited for a person; nothing is unsealed.  Reads only.

Each message counts once, also where it was split off; and it is answered by the first reply after it, in its request,
in the one that this became a part of, or in the one that was split off.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from supportdesk.database import db
from supportdesk.tickets.merging.models import Merged
from supportdesk.tickets.models import Act, Event, Kind, Message, Outcome, Ticket

_COUNTS = ((Ticket.outcome == Outcome.SPAM).is_not(True), Ticket.held_because.is_(None))


@dataclass(frozen=True)
class Urgent:
    """What may have been an emergency."""

    reference: str
    name: str  # Of the card that was shown.
    came_in: datetime  # The message that reads like one: the first of a request, or one that was added.
    minutes: int | None  # To the first reply by a person, by day and by night; None where there is none yet.


@dataclass
class _Told:
    """A message that reads like an emergency; a reply to one of these tickets answers it from that moment on."""

    ticket: int
    reference: str
    name: str
    came_in: datetime
    answered_in: dict[int, datetime] = field(default_factory=dict)


def emergencies_between(start: datetime, end: datetime) -> list[Urgent]:
    """First messages, then what was added on a patient's own page; each in the order of their requests."""
    found = [*_first_messages(start, end), *_added(start, end)]
    merged = _merged({one.ticket for one in found})
    for one in found:
        one.answered_in[one.ticket] = one.came_in
        if whole := merged.get(one.ticket):
            one.answered_in[whole.target_id] = max(one.came_in, whole.created_at)
    told = _each_once(found, merged)
    replies = _replies({ticket for one in told for ticket in one.answered_in})
    return [_urgent(one, replies) for one in told]


def _first_messages(start: datetime, end: datetime) -> list[_Told]:
    rows = db.session.execute(
        select(Ticket.id, Ticket.reference, Ticket.emergency, Ticket.created_at)
        .where(Ticket.created_at >= start, Ticket.created_at < end, Ticket.emergency.is_not(None), *_COUNTS)
        .order_by(Ticket.id)
    ).all()
    at_first = _names_at_first([row.id for row in rows])
    named = [(row, at_first.get(row.id, row.emergency)) for row in rows]
    return [_Told(row.id, row.reference, name, row.created_at) for row, name in named if name]


def _names_at_first(ids: Sequence[int]) -> Mapping[int, str | None]:
    """Of those tickets that got another card since: the one of their first message, if any."""
    rows = db.session.execute(
        select(Event.ticket_id, Event.detail)
        .where(Event.ticket_id.in_(ids), Event.act.in_((Act.WROTE, Act.MERGED_IN)))
        .order_by(Event.id.desc())
    )
    return {ticket: detail["emergency_before"] for ticket, detail in rows if "emergency_before" in detail}


def _added(start: datetime, end: datetime) -> list[_Told]:
    rows = db.session.execute(
        select(Ticket.id, Ticket.reference, Event.created_at, Event.detail)
        .join(Ticket)
        .where(Event.act == Act.WROTE, Event.created_at >= start, Event.created_at < end, *_COUNTS)
        .order_by(Event.id)
    ).all()
    urgent = [row for row in rows if row.detail.get("emergency")]
    return [_Told(row.id, row.reference, row.detail["emergency"], row.created_at) for row in urgent]


def _merged(ids: Collection[int]) -> Mapping[int, Any]:
    """By the part: what it became a part of, and when."""
    columns = (Merged.source_id, Merged.target_id, Merged.created_at, Ticket.reference)
    rows = db.session.execute(
        select(*columns).join(Ticket, Ticket.id == Merged.target_id).where(Merged.source_id.in_(ids))
    )
    return {row.source_id: row for row in rows}


def _each_once(found: Sequence[_Told], merged: Mapping[int, Any]) -> list[_Told]:
    """What was split off holds a message, of that very moment, that stands in the request it was split from too."""
    split_from = _split_from({one.ticket for one in found})
    known: dict[tuple[str | None, datetime], _Told] = {}
    copies = []
    for one in sorted(found, key=lambda one: (one.ticket in split_from, one.ticket)):
        original = known.get((split_from.get(one.ticket), one.came_in))
        if original:
            original.answered_in |= one.answered_in
            copies.append(one)
        known[one.reference, one.came_in] = original or one
        if one.ticket in merged:
            known.setdefault((merged[one.ticket].reference, one.came_in), original or one)
    return [one for one in found if one not in copies]


def _split_from(ids: Collection[int]) -> Mapping[int, str]:
    """By the ticket that was split off: the reference of the other one."""
    rows = db.session.execute(
        select(Event.ticket_id, Event.detail).where(Event.ticket_id.in_(ids), Event.act == Act.SPLIT_FROM)
    )
    return {ticket: detail["other"] for ticket, detail in rows}


def _replies(ids: Collection[int]) -> Mapping[int, Sequence[datetime]]:
    rows = db.session.execute(
        select(Message.ticket_id, Message.created_at)
        .where(Message.ticket_id.in_(ids), Message.kind == Kind.REPLY)
        .order_by(Message.id)
    )
    found: dict[int, list[datetime]] = {}
    for ticket, at in rows:
        found.setdefault(ticket, []).append(at)
    return found


def _urgent(one: _Told, replies: Mapping[int, Sequence[datetime]]) -> Urgent:
    answers = [at for ticket, since in one.answered_in.items() for at in replies.get(ticket, ()) if at > since]
    minutes = int((min(answers) - one.came_in) / timedelta(minutes=1)) if answers else None
    return Urgent(one.reference, one.name, one.came_in, minutes)
