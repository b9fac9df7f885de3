"""Reading the outbox."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select

from supportdesk.database import db
from supportdesk.mail.models import HAS_FAILED, WAITS, MailState, OutboxMail


def due_mail(at: datetime, *, is_urgent: bool) -> Select[OutboxMail]:
    """The oldest mail that should be out by now: queued, or left by a process that died.

    Mail that was written in the future is due: the clock was set back since, and it would wait for as long again.
    One kind at a time, so that it is the first of an index and never sorted out of ten thousand.
    """
    return (
        select(OutboxMail)
        .where(WAITS, OutboxMail.is_urgent.is_(is_urgent))
        .where(or_(OutboxMail.next_attempt_at <= at, OutboxMail.created_at > at))
        .order_by(OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def counts_by_state() -> Counter[MailState]:
    rows = db.session.execute(select(OutboxMail.state, func.count()).group_by(OutboxMail.state))
    return Counter({state: number for state, number in rows})  # noqa: C416  A row is not a pair to Counter.


def unsent_mail() -> Sequence[OutboxMail]:
    return db.session.scalars(
        select(OutboxMail).where(OutboxMail.state != MailState.SENT).order_by(OutboxMail.id)
    ).all()


def longest_wait(at: datetime) -> timedelta:
    """How long the mail that waits longest has been due; nothing where none waits."""
    oldest = db.session.scalar(select(func.min(OutboxMail.next_attempt_at)).where(WAITS))
    return max(at - oldest, timedelta(0)) if oldest else timedelta(0)


def failed_abouts() -> Select[str | None]:
    """The names of what people could not be told of."""
    return select(OutboxMail.about).where(HAS_FAILED, OutboxMail.about.is_not(None)).distinct()


def failed_mail_about(about: str) -> Sequence[OutboxMail]:
    """What did not reach the person, the oldest first."""
    return db.session.scalars(
        select(OutboxMail).where(HAS_FAILED, OutboxMail.about == about).order_by(OutboxMail.id)
    ).all()
