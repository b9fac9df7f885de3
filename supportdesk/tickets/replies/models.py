"""How often each canned reply went out."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.database import Model, UTCDateTime
from supportdesk.tickets.replies.canned import LONGEST_NAME


class CannedUse(Model):
    """Of one reply, by the name of its file: no ticket, no agent."""

    __tablename__ = "canned_use"

    name: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    uses: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime] = mapped_column(UTCDateTime)
