"""What the judge learns from: labelled examples, the phrases of articles, safety cards, kinds of words.

Pure: texts in, `Lessons` or an ArticleError out.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from supportdesk.faq.articles import CLINIC_TOPICS, Article
from supportdesk.faq.front_matter import ArticleError
from supportdesk.faq.judging.kinds import Line
from supportdesk.faq.judging.tokens import words
from supportdesk.faq.safety import Card

DESK = "desk"
NOTHING = "nothing"

_VERSION = 6  # Raise it when faq/judging reads or learns anything else: everything is learned anew.
_KEYS = {"says", "for", "emergency"}


@dataclass(frozen=True, slots=True)
class Example:
    says: str
    asks: tuple[str, ...]  # For whom: "desk", a clinic topic, or both; nobody, where it only stands around a question.
    emergency: str | None = None  # The card it calls for.
    is_phrase: bool = False  # From an article: never about an emergency, and not known to be none.


@dataclass(frozen=True)
class Lessons:
    cards: tuple[Card, ...] = ()
    kinds: tuple[Line, ...] = ()
    examples: tuple[Example, ...] = ()
    counter_phrases: tuple[str, ...] = ()  # Who writes one of these does not ask the clinic.

    @cached_property
    def digest(self) -> str:
        said = [repr(part) for part in (self.cards, self.kinds, self.examples, self.counter_phrases)]
        return hashlib.sha256(json.dumps([_VERSION, said]).encode()).hexdigest()

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of the kinds of words: each is spelled rightly, or a slip that guidance knows."""
        return frozenset(word for _kind, entries in self.kinds for entry in entries for word in words(entry))


def parse_examples(path: str, text: str, cards: Iterable[str]) -> tuple[list[Example], list[ArticleError]]:
    """The examples, one JSON object a line, and what is wrong with the other lines."""
    known = set(cards)
    examples: list[Example] = []
    errors: list[ArticleError] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                examples.append(_example(line, known))
            except ValueError as error:
                errors.append(ArticleError(path, str(error), number))
    return examples, errors


def _example(line: str, cards: set[str]) -> Example:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError('write one example a line, like {"says": "...", "for": "refill"}') from None
    if not isinstance(said, dict) or not {"says", "for"} <= said.keys() <= _KEYS:
        raise ValueError("the keys are says, for, and emergency where it is one")
    says, asks, emergency = said["says"], said["for"], said.get("emergency")
    if asks == NOTHING and emergency is None:
        return Example(_said(says), ())
    asks = (asks,) if isinstance(asks, str) else tuple(asks) if isinstance(asks, list) else ()
    if not asks or not all(who in {DESK, *CLINIC_TOPICS} for who in asks):
        raise ValueError(
            f"for: write desk, one of {', '.join(CLINIC_TOPICS)}, a list of desk and one of these, or nothing"
        )
    if emergency is not None and emergency not in cards:
        raise ValueError(f"emergency: write the name of a safety card: {', '.join(sorted(cards))}")
    return Example(_said(says), asks, emergency)


def _said(says: object) -> str:
    if not isinstance(says, str) or not says.strip():
        raise ValueError("says: write what a person might write")
    return says


def phrases(articles: Iterable[Article]) -> Iterator[Example]:
    """How people ask for articles: for the desk, or for the clinic's topics of the article."""
    for article in articles:
        asks = article.topics if article.clinic else (DESK,)
        for says in (article.title, *article.also_asked_as):
            yield Example(says, asks, is_phrase=True)
        for says in article.not_asked_as:
            yield Example(says, (DESK,))
