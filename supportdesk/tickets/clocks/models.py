"""Who was told of which deadline, so that it happens once; and by which calendar the deadlines were worked out."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.database import Model, UTCDateTime, words_of


class Warned(StrEnum):
    SOON = "soon"
    LATE = "late"


class Notice(Model):
    __tablename__ = "deadline_notice"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True)
    kind: Mapped[Warned] = mapped_column(words_of(Warned), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Calendar(Model):
    """One row: what the hours, holidays and targets were when deadlines were last worked out."""

    __tablename__ = "calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
