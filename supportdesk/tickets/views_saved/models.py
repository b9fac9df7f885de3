"""A view of the queue under a name.  It holds what the address holds, and nothing of one person."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.agents.models import Agent
from supportdesk.database import Model, UTCDateTime

VIEW_NAME_LENGTH = 40


class SavedView(Model):
    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(VIEW_NAME_LENGTH))
    owner_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    is_shared: Mapped[bool] = mapped_column(index=True)
    filters: Mapped[dict[str, str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    owner: Mapped[Agent] = relationship()

    def __repr__(self) -> str:
        return f"<SavedView {self.id}>"
