"""Reading what patients wrote about articles: how many, and for agents the words."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from supportdesk.database import db
from supportdesk.exceptions import Sealed
from supportdesk.faq.helpful.models import ArticleComment
from supportdesk.keys import keyring

_MOST = 100


@dataclass(frozen=True, repr=False)
class Comment:
    id: int
    at: datetime
    words: str | None  # None: they can't be opened.


def comments_of_each() -> Mapping[str, int]:
    """How many there are, by the article's slug."""
    rows = db.session.execute(select(ArticleComment.slug, func.count()).group_by(ArticleComment.slug))
    return {slug: int(number) for slug, number in rows}


def comments_on(slug: str) -> Sequence[Comment]:
    """The newest hundred."""
    rows = db.session.scalars(
        select(ArticleComment).where(ArticleComment.slug == slug).order_by(ArticleComment.id.desc()).limit(_MOST)
    )
    return [Comment(row.id, row.created_at, _opened(row)) for row in rows]


def _opened(row: ArticleComment) -> str | None:
    with suppress(Sealed):
        row.unlock(keyring())
        return row.body
    return None
