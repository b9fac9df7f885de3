"""Reading the outbox."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select

from supportdesk.database import db
from supportdesk.mail.models import MailState, OutboxMail


def due_mail(at: datetime) -> Select[OutboxMail]:
    """The oldest mail that should be out by now: queued, or left in hand by a process that died."""
    return (
        select(OutboxMail)
        .where(OutboxMail.state.in_((MailState.QUEUED, MailState.LEASED)), OutboxMail.next_attempt_at <= at)
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
