"""That a ticket was merged into another one, and what both were before."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.database import Model, UTCDateTime


class Merged(Model):
    __tablename__ = "merged"

    source_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    target_version: Mapped[int] = mapped_column(default=0)  # Afterwards: was it changed since?
    source_before: Mapped[dict[str, Any]] = mapped_column(JSON)
    target_before: Mapped[dict[str, Any]] = mapped_column(JSON)
