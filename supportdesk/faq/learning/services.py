"""Writing down what was noted about searches: counts for all of them, words only of what many asked."""

import hmac
import logging
import secrets
from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from supportdesk.database import Model, db
from supportdesk.faq.learning.models import (
    ArticleVoter,
    Counted,
    Purpose,
    SearchAsker,
    SearchCount,
    SearchSalt,
    SearchWords,
)
from supportdesk.faq.learning.notebook import Asking, Notes, Vote
from supportdesk.keys import keyring

_log = logging.getLogger("supportdesk.faq")

FEWEST_VISITORS = 5  # Who asked the same words before we read them.
WINDOW = timedelta(days=30)  # Within which they asked, and for which the key of the words' hashes is used.
WORDS_KEPT = timedelta(days=365)
_ONE_DAY = timedelta(days=1)


def write_down(notes: Notes, today: date) -> None:
    """Add up the counts, look for words that many asked, and delete what is over.

    A database that fails loses them, as nobody's help may hang on a count.
    """
    try:
        _delete_what_is_over(today)
        for (day, what, detail), times in sorted(notes.counts.items()):
            _add(SearchCount, times, day=day, what=what, detail=detail)
        if notes.askings:
            _compare(notes.askings, today)
        if notes.votes:
            _count_votes(notes.votes, today)
        db.session.commit()
    except SQLAlchemyError as error:
        db.session.rollback()
        _log.warning("Searches were not counted: %s", type(error).__name__)  # Its text would quote words.


def _delete_what_is_over(today: date) -> None:
    for over in (
        delete(SearchSalt).where(SearchSalt.purpose == Purpose.VISITOR, SearchSalt.day < today),
        delete(SearchSalt).where(SearchSalt.purpose == Purpose.WORDS, SearchSalt.day <= today - 2 * WINDOW),
        delete(ArticleVoter).where(ArticleVoter.day < today),
        delete(SearchAsker).where(SearchAsker.day <= today - WINDOW),
        delete(SearchWords).where(SearchWords.day <= today - WORDS_KEPT),
    ):
        db.session.execute(over)


def _compare(askings: Collection[Asking], today: date) -> None:
    """Note who asked what, as hashes; the words themselves from the visitor on who makes them many's.

    Sorted, so that two processes never wait for one another in a circle.
    """
    visitor_key, *_others = _keys(Purpose.VISITOR, today, _ONE_DAY)
    words_keys = _keys(Purpose.WORDS, today, WINDOW)
    hashed = sorted((_hash(words_keys[0], asking.words.encode()), asking) for asking in askings)
    for words_hash, asking in hashed:
        # The words are part of it, so that not even today anyone can see what else the same visitor asked.
        visitor_hash = _hash(visitor_key, words_hash + asking.visitor.encode(errors="replace"))
        if _is_first(SearchAsker(day=today, words_hash=words_hash, visitor_hash=visitor_hash)):
            visitors = _visitors([_hash(key, asking.words.encode()) for key in words_keys], today)
            if visitors >= FEWEST_VISITORS:
                _keep(asking.words, visitors, today)


def _count_votes(votes: Mapping[Vote, bool], today: date) -> None:
    """The first of each visitor on each article, of today; sorted as above."""
    key, *_others = _keys(Purpose.VISITOR, today, _ONE_DAY)
    hashed = sorted((_hash(key, f"vote\n{v.slug}\n{v.visitor}".encode(errors="replace")), v) for v in votes)
    for visitor_hash, vote in hashed:
        if _is_first(ArticleVoter(day=today, visitor_hash=visitor_hash)):
            what = Counted.HELPED if votes[vote] else Counted.NOT_HELPED
            _add(SearchCount, 1, day=today, what=what, detail=vote.slug)


def _visitors(hashes: Collection[bytes], today: date) -> int:
    """How many asked within the window.  Somebody who asked on two days is two, as we can't know."""
    asked = select(func.count()).where(SearchAsker.words_hash.in_(hashes), SearchAsker.day > today - WINDOW)
    return db.session.scalar(asked) or 0


def _keep(words: str, visitors: int, today: date) -> None:
    """One visitor more; or all of them so far, where the words were not kept lately."""
    lately = exists().where(SearchWords.words == words, SearchWords.day > today - WINDOW)
    _add(SearchWords, 1 if db.session.scalar(select(lately)) else visitors, day=today, words=words)


def _keys(purpose: Purpose, today: date, lasts: timedelta) -> list[bytes]:
    """The key in use, made where there is none, and before it those that older rows were hashed with."""
    salts = _salts(purpose)
    if not salts or salts[0].day <= today - lasts:
        _is_first(SearchSalt(purpose=purpose, day=today, salt=secrets.token_bytes(32)))
        salts = _salts(purpose)  # Ours, or that of a process that was faster.
    return [keyring().keyed_hash(f"search {purpose}", salt.salt.hex()) for salt in salts]


def _salts(purpose: Purpose) -> list[SearchSalt]:
    newest_first = select(SearchSalt).where(SearchSalt.purpose == purpose).order_by(SearchSalt.day.desc())
    return list(db.session.scalars(newest_first))


def _hash(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _add(table: type[SearchCount] | type[SearchWords], number: int, **key: object) -> None:
    """Add `number` to the row with this key, which is made where there is none."""
    column = SearchCount.times if table is SearchCount else SearchWords.visitors
    more = update(table).where(*(getattr(table, name) == value for name, value in key.items()))
    more = more.values({column: column + number}).execution_options(synchronize_session=False)
    while not db.session.execute(more).rowcount:  # type: ignore[attr-defined]
        if _is_first(table(**key, **{column.key: number})):
            return


def _is_first(row: Model) -> bool:
    """Insert the row; False where it is there already, be it only since another process put it there."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return False
    return True
