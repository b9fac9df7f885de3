"""What guidance did, from the names that tickets and counts hold; nothing is unsealed.  Reads only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import select

from supportdesk.database import db
from supportdesk.faq.learning.queries import deflected
from supportdesk.tickets import shown
from supportdesk.tickets.emergencies_report import Urgent, emergencies_between
from supportdesk.tickets.flow.span import Span
from supportdesk.tickets.models import OVER, Outcome, Ticket
from supportdesk.tickets.topics import Topic


@dataclass(frozen=True)
class GuidanceReport:
    sent_to_clinic: Sequence[tuple[Topic, int]]  # Most first.
    deflected: Mapping[str, int]  # How often somebody went to each answer while they wrote to us: at most so many left.
    sent_after: int  # Requests that came although an answer had been shown.
    overridden: int  # Sent although the clinic's notice was shown.
    agreed: int  # Of these: an agent sent the patient to the clinic as well.
    disagreed: int  # An agent solved it otherwise.
    emergencies: Sequence[Urgent]

    @property
    def undecided(self) -> int:
        return self.overridden - self.agreed - self.disagreed

    @property
    def median_minutes(self) -> int | None:
        """To the first reply by a person, of the emergencies that have one."""
        minutes = [urgent.minutes for urgent in self.emergencies if urgent.minutes is not None]
        return round(median(minutes)) if minutes else None


def guidance_report(span: Span) -> GuidanceReport:
    """Of what came in during these days."""
    rows = _tickets_between(span.starts, span.ends)
    overridden = [row for row in rows if shown.of_kind(shown.CLINIC, frozenset(row.shown or ()))]
    decided = [row.outcome for row in overridden if row.status in OVER]
    to_clinic = Counter(row.topic for row in rows if row.outcome is Outcome.SENT_TO_CLINIC)
    return GuidanceReport(
        sent_to_clinic=to_clinic.most_common(),
        deflected=deflected(span.first, span.last),
        sent_after=sum(_saw_an_answer(frozenset(row.shown or ())) for row in rows),
        overridden=len(overridden),
        agreed=decided.count(Outcome.SENT_TO_CLINIC),
        disagreed=len(decided) - decided.count(Outcome.SENT_TO_CLINIC),
        emergencies=emergencies_between(span.starts, span.ends),
    )


def _saw_an_answer(names: shown.Names) -> bool:
    return any(shown.of_kind(kind, names) for kind in (shown.ARTICLE, shown.CLINIC, shown.PART))


def _tickets_between(start: datetime, end: datetime) -> Sequence[Any]:
    columns = (Ticket.reference, Ticket.created_at, Ticket.topic, Ticket.status, Ticket.outcome)
    spam = Ticket.outcome == Outcome.SPAM
    return db.session.execute(
        select(*columns, Ticket.shown)
        .where(Ticket.created_at >= start, Ticket.created_at < end, spam.is_not(True), Ticket.held_because.is_(None))
        .order_by(Ticket.id)
    ).all()
