"""Telling agents of deadlines, once each; and working deadlines out anew where hours, holidays or targets changed."""

from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from supportdesk import clock
from supportdesk.database import db
from supportdesk.mail.compose import queue_mail
from supportdesk.opening import hours
from supportdesk.tickets import ranks
from supportdesk.tickets.clocks.models import Calendar, Notice, Warned
from supportdesk.tickets.clocks.queries import (
    address_of,
    addresses_of_leads,
    to_be_told,
    with_a_deadline,
    worked_out_by,
)
from supportdesk.tickets.clocks.targets import due_at, fingerprint
from supportdesk.tickets.models import Act, Event, Priority, Ticket

BEFORE = 30  # Open minutes.
AT_ONCE = 200
ROUNDS = 5  # Of looking again at what somebody changed meanwhile.


def tell_of_deadlines(now: datetime) -> int:
    """Mail whoever is to know of each deadline that is near or past; returns how many tickets it was about."""
    desk = hours()
    done = 0
    for kind, horizon in ((Warned.LATE, now), (Warned.SOON, desk.add(now, BEFORE))):
        for row in to_be_told(kind, horizon, now, is_open=desk.is_open(now)):
            done += _tell(row, kind, now)
    return done


def _tell(row: Any, kind: Warned, now: datetime) -> bool:
    """First its assignee; when it is late, and where nobody has it, the leads."""
    assignee = address_of(row.assignee_id)
    told = [assignee] if assignee else []
    if kind is Warned.LATE or not told:
        told += [address for address in addresses_of_leads() if address not in told]
    due = row.reply_due_at.isoformat()
    db.session.add(Notice(ticket_id=row.id, due_at=row.reply_due_at, kind=kind, created_at=now))
    try:
        db.session.flush()
    except IntegrityError:  # Another delivery process was first.
        db.session.rollback()
        return False
    for address in told or [current_app.config["DESK_ADDRESS"]]:
        mail = queue_mail(f"deadline-{kind}", address, now, reference=row.reference, due_at=due)
        mail.about, mail.is_urgent = None, bool(row.emergency)
    db.session.commit()
    return True


def keep_up_with_the_calendar() -> int:
    """Where the desk's hours, holidays or targets are not what they were, each running clock gets its new deadline."""
    now_is, before = fingerprint(), worked_out_by()
    if before == now_is:
        return 0
    done, is_whole = _work_out_all(clock.now()) if before is not None else (0, True)
    if before is None:
        db.session.execute(insert(Calendar).values(id=1, fingerprint=now_is))
    elif is_whole:  # Else the next hour goes on.
        db.session.execute(update(Calendar).where(Calendar.id == 1).values(fingerprint=now_is))
    db.session.commit()
    return done


def _work_out_all(now: datetime) -> tuple[int, bool]:
    """How many moved, and whether none is left: what somebody changes meanwhile is looked at again."""
    done = 0
    for _ in range(ROUNDS):
        last, missed = 0, False
        while rows := with_a_deadline(last, AT_ONCE):
            for row in rows:
                due = due_at(row.priority, row.topic, row.reply_since, has_replied=row.first_replied_at is not None)
                if due != row.reply_due_at:
                    moved = _move(row, due, now)
                    done, missed = done + moved, missed or not moved
            last = rows[-1].id
        if not missed:
            return done, True
    return done, False


def _move(row: Any, due: datetime, now: datetime) -> bool:
    """By its columns alone, unless somebody changed it; the promise that its patient was given stays what it was."""
    emergency = row.emergency is not None and row.priority is Priority.URGENT
    rank = ranks.rank(
        is_ours=emergency or row.waits_until is None,
        is_over=row.held_because is not None,
        may_be_emergency=emergency,
        reply_due_at=due,
        updated_at=row.updated_at,
    )
    one = update(Ticket).where(Ticket.id == row.id, Ticket.version == row.version)
    values = {"reply_due_at": due, "rank": rank, "version": Ticket.version + 1}
    changed = db.session.execute(one.values(values).execution_options(synchronize_session=False))
    if changed.rowcount:  # type: ignore[attr-defined]
        detail = {"before": row.reply_due_at.isoformat(), "after": due.isoformat()}
        db.session.execute(insert(Event).values(ticket_id=row.id, act=Act.DUE_MOVED, created_at=now, detail=detail))
    db.session.commit()
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def every_minute() -> int:
    """What the delivery process does."""
    return tell_of_deadlines(clock.now())
