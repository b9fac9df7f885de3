"""How often each canned reply went out, and those that leads wrote in the desk."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.database import Model, UTCDateTime
from supportdesk.tickets.replies.canned import LONGEST_NAME, LONGEST_TITLE


class CannedUse(Model):
    """Of one reply, by the name of its file: no ticket, no agent."""

    __tablename__ = "canned_use"

    name: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    uses: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CannedText(Model):
    """Instead of the file of this name, or where there is none.  Our own words: no patient's, so it is not sealed."""

    __tablename__ = "canned_text"

    name: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    topics: Mapped[list[str]] = mapped_column(JSON)
    body: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    written_by: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)

    def __repr__(self) -> str:
        return f"<CannedText {self.name}>"
