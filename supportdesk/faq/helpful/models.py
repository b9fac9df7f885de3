"""What a patient wrote about an article: their words, so sealed to the desk's public key."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.database import Model, UTCDateTime
from supportdesk.sealing import OwnKey, SealedText

LONGEST_SLUG, LONGEST_SEAL = 80, 64


class ArticleComment(OwnKey, Model):
    """Nothing in it says who wrote it, unless they did."""

    __tablename__ = "article_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(LONGEST_SLUG), index=True)
    seal_id: Mapped[str] = mapped_column(String(LONGEST_SEAL), unique=True)  # The same form sent twice has the same.
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    key_id: Mapped[str] = mapped_column(String(16))
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_body: Mapped[bytes] = mapped_column(LargeBinary)

    named_by = "seal_id"
    comes_in = True
    body = SealedText()

    def __repr__(self) -> str:
        return f"<ArticleComment {self.id}>"
