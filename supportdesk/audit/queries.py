"""Reading the audit: page by page for admins, and from end to end to see whether it is whole."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select, true

from supportdesk.audit.models import AuditEvent, What
from supportdesk.database import db

_AT_ONCE = 5_000  # Rows.


@dataclass(frozen=True)
class Filters:
    """What an admin asks of the audit; an empty text asks nothing."""

    what: str = ""
    agent: str = ""  # An agent's id, or none.
    reference: str = ""  # As the desk writes it.
    day: str = ""  # “2026-11-23”, as the calendar of the desk's zone has it.


@dataclass(frozen=True)
class AuditPage:
    events: Sequence[AuditEvent]
    total: int
    first: int
    page: int
    pages: int


def matching(filters: Filters, midnight: datetime | None) -> Select[AuditEvent]:
    """Newest first; `midnight` begins the day that is asked for."""
    conditions = [
        AuditEvent.what == What(filters.what) if filters.what in set(What) else true(),
        AuditEvent.reference == filters.reference if filters.reference else true(),
        true(),
    ]
    if filters.agent == "none":
        conditions.append(AuditEvent.agent_id.is_(None))
    elif re.fullmatch(r"[0-9]{1,9}", filters.agent):
        conditions.append(AuditEvent.agent_id == int(filters.agent))
    if midnight:
        conditions.append(AuditEvent.at >= midnight)
        conditions.append(AuditEvent.at < midnight + timedelta(days=1))
    return select(AuditEvent).where(*conditions).order_by(AuditEvent.id.desc())


def audit_page(filters: Filters, midnight: datetime | None, page: int, size: int) -> AuditPage:
    """One page; a page beyond the last is the last."""
    wanted = matching(filters, midnight)
    total = db.session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    events = db.session.scalars(wanted.offset((page - 1) * size).limit(size)).all()
    return AuditPage(events, total, (page - 1) * size + 1 if total else 0, page, pages)


def newest(filters: Filters, midnight: datetime | None, most: int) -> Sequence[AuditEvent]:
    return db.session.scalars(matching(filters, midnight).limit(most)).all()


def whole_chain() -> Iterator[AuditEvent]:
    """Every event from the first on, a few thousand in memory at a time."""
    done = 0
    while events := db.session.scalars(
        select(AuditEvent).where(AuditEvent.id > done).order_by(AuditEvent.id).limit(_AT_ONCE)
    ).all():
        yield from events
        done = events[-1].id
        db.session.expunge_all()
