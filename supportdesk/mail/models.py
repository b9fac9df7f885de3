"""The outbox: mail that waits to be delivered, its recipient and context sealed like a ticket's words."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.database import Model, UTCDateTime, words_of
from supportdesk.sealing import OwnKey, SealedText


class MailState(StrEnum):
    QUEUED = "queued"  # Waits for its time.
    LEASED = "leased"  # A delivery process has it in hand, until the lease runs out.
    SENT = "sent"
    FAILED = "failed"  # Given up; an agent has to reach the person another way.


class OutboxMail(OwnKey, Model):
    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_next_attempt_at", "state", "next_attempt_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(
        String(120), unique=True
    )  # The same at every attempt: mail programs fold copies.
    template: Mapped[str] = mapped_column(String(40))
    key_id: Mapped[str] = mapped_column(String(16))
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_recipient: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_context: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[MailState] = mapped_column(words_of(MailState), default=MailState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_attempt_at: Mapped[datetime] = mapped_column(UTCDateTime)  # While leased: when the lease runs out.
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    trouble: Mapped[str | None] = mapped_column(String(60))  # The kind of the last fault, never its text.

    recipient = SealedText()
    context = SealedText()  # JSON.

    def __repr__(self) -> str:
        return f"<OutboxMail {self.id} {self.template}>"

    def place(self, column: str) -> str:
        return f"outbox|{column}|{self.message_id}"
