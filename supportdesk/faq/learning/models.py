"""What is counted about searches, and the little that it takes to know when words are everybody's.

The public role writes these five tables: its database user needs select, insert, update and delete on them, as it
counts, compares, and deletes what is over.  Nothing in them says who asked; docs/confidentiality.md tells it in full.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from supportdesk.database import Model, words_of


class Counted(StrEnum):
    SEARCH = "search"
    NO_ANSWER = "no_answer"  # A search that no article answers well.
    CLICK = "click"  # A result was opened; the detail is its rank.
    FORM = "form"  # Somebody went on from a search to the message form.
    DEFLECTED = "deflected"  # Somebody left the message form for an answer we showed; the detail is the answer.
    VIEW = "view"  # An article was opened; the detail of this and the next two is its slug.
    HELPED = "helped"
    NOT_HELPED = "not_helped"


class Purpose(StrEnum):
    VISITOR = "visitor"
    WORDS = "words"


class SearchCount(Model):
    """How often something happened on a day."""

    __tablename__ = "search_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[Counted] = mapped_column(words_of(Counted), primary_key=True)
    detail: Mapped[str] = mapped_column(String(80), primary_key=True)  # Room for an article's slug; often empty.
    times: Mapped[int] = mapped_column()


class SearchSalt(Model):
    """Half of a key that all processes agree on for a while; the other half is in the keys folder.

    With the row the key is gone for good: nobody can make it again, we included.
    """

    __tablename__ = "search_salt"

    purpose: Mapped[Purpose] = mapped_column(words_of(Purpose), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)  # The first on which it is used.
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))


class SearchAsker(Model):
    """A visitor asked something without an answer.  Two hashes; neither visitor nor words can be told from them."""

    __tablename__ = "search_asker"
    __table_args__ = (Index("ix_search_asker_words_hash", "words_hash"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    words_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    visitor_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class SearchWords(Model):
    """Words without an answer that so many asked that they are nobody's own."""

    __tablename__ = "search_words"

    day: Mapped[date] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(String(300), primary_key=True)  # Ten ordinary words are shorter.
    visitors: Mapped[int] = mapped_column()

    def __repr__(self) -> str:
        return f"<SearchWords of {self.day}>"


class ArticleVoter(Model):
    """A visitor said today whether an article helped.  One hash: neither visitor nor article can be told from it."""

    __tablename__ = "article_voter"

    day: Mapped[date] = mapped_column(primary_key=True)
    visitor_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
