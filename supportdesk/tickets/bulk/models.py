"""What an agent did to many tickets at once, and what came of it for each."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportdesk.database import Model, UTCDateTime, words_of


class Result(StrEnum):
    """What came of one ticket.  All but the first left it as it was."""

    DONE = "done"
    SAME = "same"  # It was so already.
    CHANGED = "changed"  # Somebody changed it after the page was made.
    CLOSED = "closed"
    GONE = "gone"
    NO_TOPIC = "no_topic"  # Which of the clinic's topics it is, nobody has said.
    EMERGENCY = "emergency"  # It may be one: nobody ends it unread.
    UNDONE = "undone"
    KEPT = "kept"  # It was to be undone; somebody had changed it since, or the note had gone out.


class BulkAct(Model):
    __tablename__ = "bulk_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    act: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    changes: Mapped[list["BulkChange"]] = relationship(back_populates="bulk", order_by="BulkChange.id")

    def __repr__(self) -> str:
        return f"<BulkAct {self.id}>"

    @property
    def changed_before(self) -> list[str]:
        """References of what somebody had changed after the page was made: they can be asked for again."""
        return [change.reference for change in self.changes if change.result is Result.CHANGED]


class BulkChange(Model):
    __tablename__ = "bulk_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    bulk_id: Mapped[int] = mapped_column(ForeignKey("bulk_act.id", ondelete="CASCADE"), index=True)
    reference: Mapped[str] = mapped_column(String(12))
    result: Mapped[Result] = mapped_column(words_of(Result))
    version: Mapped[int] = mapped_column(default=0)  # Of the ticket afterwards; 0: nobody knows, so it is not undone.
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    bulk: Mapped[BulkAct] = relationship(back_populates="changes")

    def __repr__(self) -> str:
        return f"<BulkChange {self.id}>"
