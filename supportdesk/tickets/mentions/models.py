"""That a note mentions somebody, until they have seen it; and that somebody watches a ticket."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.agents.models import Agent
from supportdesk.database import Model, UTCDateTime


class Mention(Model):
    __tablename__ = "mention"
    __table_args__ = (Index("ix_mention_agent_id_seen_at", "agent_id", "seen_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    by: Mapped[Agent] = relationship(foreign_keys=by_id)

    def __repr__(self) -> str:
        return f"<Mention {self.id}>"


class Watch(Model):
    __tablename__ = "watch"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_message_id: Mapped[int] = mapped_column(default=0)  # Up to here they have looked; it may be gone by now.
