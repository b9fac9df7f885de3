"""The keys that were dropped, remembered by their ids: a machine that did not hear of it must not seal to one."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.database import Model, UTCDateTime


class DroppedKey(Model):
    __tablename__ = "dropped_key"

    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    dropped_at: Mapped[datetime] = mapped_column(UTCDateTime)

    def __repr__(self) -> str:
        return f"<DroppedKey {self.key_id}>"
