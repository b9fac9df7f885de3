"""Keeping what patients wrote about articles, and letting it go; each function is one act and one commit."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from supportdesk import clock
from supportdesk.audit import What
from supportdesk.audit.services import add
from supportdesk.database import db
from supportdesk.exceptions import DatabaseDown, NotFound
from supportdesk.faq.helpful.models import ArticleComment
from supportdesk.keys import keyring

KEPT = timedelta(days=365)


def keep_comment(slug: str, words: str, submission_key: str) -> None:
    """Sealed; the same form sent twice is one comment.  Raises DatabaseDown where nothing was stored."""
    seal_id = keyring().keyed_hash("article comment", f"{slug}\n{submission_key}\n{words}").hex()
    comment = ArticleComment(slug=slug, seal_id=seal_id, created_at=clock.now())
    comment.lock(keyring())
    comment.body = words
    db.session.add(comment)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
    except SQLAlchemyError as error:
        db.session.rollback()
        current_app.logger.error("A comment was not stored: %s", type(error).__name__)  # noqa: TRY400
        raise DatabaseDown from None


def remove_comment(comment_id: int, agent_id: int, place: str) -> str:
    """It was read and is of no more use; returns the slug of its article.  Raises NotFound."""
    comment = db.session.get(ArticleComment, comment_id)
    if comment is None:
        raise NotFound("There is no such comment.")
    slug = comment.slug
    db.session.delete(comment)
    add(What.ACTED, agent_id=agent_id, place=place, detail=f"comment={comment_id},removed")
    db.session.commit()
    return slug


def drop_old(now: datetime) -> None:
    """After a year, whatever they say."""
    db.session.execute(delete(ArticleComment).where(ArticleComment.created_at < now - KEPT))
    db.session.commit()
