"""A reply that is committed and whose mail still waits: until then its agent can take it back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.database import Model, UTCDateTime
from supportdesk.tickets.models import Message, Ticket


class UnsentReply(Model):
    __tablename__ = "unsent_reply"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    mail: Mapped[str] = mapped_column(String(120))  # Its Message-ID.
    link_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    until: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    version: Mapped[int] = mapped_column(default=0)  # Of the ticket afterwards: was it changed since?
    before: Mapped[dict[str, Any]] = mapped_column(JSON)

    message: Mapped[Message] = relationship()
    ticket: Mapped[Ticket] = relationship()

    def __repr__(self) -> str:
        return f"<UnsentReply {self.message_id}>"
