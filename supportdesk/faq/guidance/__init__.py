"""What we can tell a person from their words alone: articles that may help, their clinic, or an emergency.

Pure: no database, no clock, no network; nothing of what is read here is kept.
"""

from dataclasses import dataclass

from supportdesk.faq.articles import Article
from supportdesk.faq.judging import judges
from supportdesk.faq.judging.judge import Judge
from supportdesk.faq.safety import Emergency
from supportdesk.faq.search import SearchIndex, SearchResult

__all__ = ["Emergency", "Guidance", "advise", "advise_search", "emergency_in"]

_MOST_ARTICLES = 3


@dataclass(frozen=True, slots=True)
class Guidance:
    route: str  # Whose question it is: "desk", where any of it is for us, or "clinic".
    clinic_topic: str | None  # What only the clinic can do, also where the rest is for the desk.
    clinic_article: Article | None  # The clinic fallback of that topic.
    emergency: Emergency | None
    articles: tuple[Article, ...]  # At most three that may answer, best first.


def advise(index: SearchIndex, words: str, topic: str | None = None) -> Guidance:
    """Guidance for a search, or for subject and message, and the topic a patient chose if any."""
    return _guidance(index, words, topic, index.articles(words, _MOST_ARTICLES))


def advise_search(index: SearchIndex, found: SearchResult) -> Guidance:
    """Guidance for a search that was made already; a person who typed nothing needs none."""
    return _guidance(index, found.query, None, tuple(hit.article for hit in found.hits[:_MOST_ARTICLES]))


def emergency_in(index: SearchIndex, words: str) -> Emergency | None:
    """The card that a search for these words would show; a tenth of a millisecond, as it is asked at every letter."""
    judge = _judge(index)
    card = judge.verdict(words).card
    return judge.card(card) if card else None


def _judge(index: SearchIndex) -> Judge:
    return index.judge or judges.learned(index.library.lessons)


def _guidance(index: SearchIndex, words: str, topic: str | None, articles: tuple[Article, ...]) -> Guidance:
    judge = _judge(index)
    verdict = judge.verdict(words, topic)
    fallback = index.library.for_topic(verdict.clinic_topic) if verdict.clinic_topic else None
    if fallback and not verdict.is_for_desk:  # Whatever words it was asked in, this answers it.
        articles = tuple(dict.fromkeys((fallback, *articles)))[:_MOST_ARTICLES]
    return Guidance(
        route="desk" if verdict.is_for_desk else "clinic",
        clinic_topic=verdict.clinic_topic,
        clinic_article=fallback,
        emergency=judge.card(verdict.card) if verdict.card else None,
        articles=articles,
    )
