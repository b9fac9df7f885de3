"""The outbox: mail that waits to be delivered, its recipient and context sealed like a ticket's words."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.database import Model, UTCDateTime, words_of
from supportdesk.sealing import OwnKey, SealedText


class MailState(StrEnum):
    QUEUED = "queued"  # Waits for its time.
    LEASED = "leased"  # A delivery process has it in hand, until the lease runs out.
    SENT = "sent"  # Out; whom it went to and what it said is kept here no longer.
    FAILED = "failed"  # Given up; an agent has to reach the person another way.


# Conditions of indexes, written out in queries too: behind placeholders a database can't tell that they are the same.
# Nearly all mail is sent, and stands in neither.
WAITS = text("state IN ('queued', 'leased')")
HAS_FAILED = text("state = 'failed'")


class OutboxMail(OwnKey, Model):
    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_state", "state"),
        Index("ix_outbox_waiting", "is_urgent", "id", sqlite_where=WAITS, postgresql_where=WAITS),
        Index("ix_outbox_about", "about", sqlite_where=HAS_FAILED, postgresql_where=HAS_FAILED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(
        String(120), unique=True
    )  # The same at every attempt: mail programs fold copies.
    template: Mapped[str] = mapped_column(String(40))
    about: Mapped[str | None] = mapped_column(String(40))  # The name of what a person is told of; None to the desk.
    key_id: Mapped[str] = mapped_column(String(16))
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_recipient: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_context: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[MailState] = mapped_column(words_of(MailState), default=MailState.QUEUED)
    is_urgent: Mapped[bool] = mapped_column(default=False, server_default=false())  # Goes before all other mail.
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_attempt_at: Mapped[datetime] = mapped_column(UTCDateTime)  # While leased: when the lease runs out.
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    trouble: Mapped[str | None] = mapped_column(String(60))  # The kind of the last fault, never its text.

    named_by = "message_id"
    comes_in = True
    recipient = SealedText()
    context = SealedText()  # JSON.

    def __repr__(self) -> str:
        return f"<OutboxMail {self.id} {self.template}>"
