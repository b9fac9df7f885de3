"""Which articles answer best: BM25F over any of the query's words, read from Whoosh's postings.

Whoosh's own searcher walks a tree of matchers; for a question of seven words that is most of its time.  Here
each word's contribution to each article is worked out once and remembered, so that a query is a few sums.
With Whoosh's settings the scores are Whoosh's own; tests/test_search_index.py holds us to that.

An index that was changed article by article ranks as one built anew: deleted articles count nowhere, and equals
stand in the order of the library, not in that of the index.
"""

import math
import threading
from array import array
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from supportdesk.faq.search import sums
from supportdesk.faq.search.analysis import STOP_WORDS, stem

try:
    from supportdesk.faq.search import sums_numpy
except ImportError:  # It is a help and no more.
    sums_numpy = None  # type: ignore[assignment]

_FEW = 500  # Articles; with fewer, plain Python is as fast.
_REMEMBERED = 30  # Gains per article on average, of the 45 or so words it holds: what is asked comes again.


def rarity(documents: int, holding: int) -> float:
    """How much a word tells; one that stands everywhere is worth a little.

    Without that half, plain BM25F was better on one public set of questions; with it, on none.
    """
    return math.log(documents / holding) + 0.5


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

    def __init__(
        self,
        reader: Any,
        formula: Formula | None = None,
        order: Sequence[str] = (),
        adding: ModuleType | None = None,
    ) -> None:
        """`order` is that of the slugs among equals, else that of the index; `adding` is sums or sums_numpy."""
        self._reader = reader
        self._formula = formula or Formula()
        slugs: dict[int, str] = {}
        lengths: Counter[str] = Counter()
        self._vocabulary: Counter[str] = Counter()
        for place, kept in reader.iter_docs():
            slugs[place] = str(kept["slug"])
            lengths.update(kept["lengths"])
            self._vocabulary.update(kept["words"].split())
        self._slugs = tuple(order) or tuple(slugs.values())
        self._count = len(self._slugs)
        self._numbers = {slug: number for number, slug in enumerate(self._slugs)}
        self._number_of = {place: self._numbers[slug] for place, slug in slugs.items()}
        self._drag = {name: self._drags(name, lengths[name]) for name in self._formula.weights}
        self._adding: Any = adding or (sums_numpy if sums_numpy and self._count > _FEW else sums)
        self._stems = frozenset(stem(word) for word in self._vocabulary if word not in STOP_WORDS)
        self._nothing: Any = self._adding.Gains({}, self._count)
        self._gains: OrderedDict[str, Any] = OrderedDict()
        self._remembered = 0
        self._reading = threading.Lock()  # Whoosh's readers are not for two threads at once.

    def best(self, stems: Mapping[str, float], limit: int, first: str | None = None) -> list[tuple[str, float]]:
        """Slug and score of the articles that hold any of `stems`, best first; equals in reading order.

        Each stem comes with its weight: 1 for a word that was asked.  The article `first`, if it is among them, is
        lifted just above the best.
        """
        words = [(gains, weight) for stem, weight in stems.items() if (gains := self._gain(stem))]
        scored = [(self._slugs[number], score) for number, score in self._adding.best(words, max(limit, 1))]
        if first in self._numbers and any(self._numbers[first] in gains for gains, _ in words):
            scored = [(first, 1.01 * scored[0][1]), *(other for other in scored if other[0] != first)]
        return scored[:limit]

    def knows(self, stem: str) -> bool:
        """Whether any article holds the stem."""
        return stem in self._stems

    def holds(self, slug: str, stem: str) -> bool:
        """Whether the article does."""
        return self._numbers[slug] in self._gain(stem)

    def rarity(self, stem: str) -> float:
        """How much the stem tells; one that no article holds tells the most."""
        return self._formula.rarity(self._count, len(self._gain(stem)) or 1)

    def explain(self, stem: str, slug: str) -> dict[str, float]:
        """What the stem adds to the article's score, field by field."""
        number = self._numbers[slug]
        with self._reading:
            gains = {name: dict(self._field_gains(name, stem)).get(number) for name in self._formula.weights}
        return {name: gain for name, gain in gains.items() if gain}

    def vocabulary(self) -> Mapping[str, int]:
        """Every word of the articles, unstemmed, with how many hold it."""
        return self._vocabulary

    def _gain(self, stem: str) -> Any:
        """What `stem` adds to each article's score."""
        if stem not in self._stems:
            return self._nothing
        with self._reading:
            known = self._gains.get(stem)
            if known is not None:
                self._gains.move_to_end(stem)
                return known
            read = self._adding.Gains(self._read(stem), self._count)
            self._remember(stem, read)
            return read

    def _remember(self, stem: str, gains: Any) -> None:
        self._gains[stem] = gains
        self._remembered += len(gains)
        while self._remembered > _REMEMBERED * self._count and len(self._gains) > 1:
            self._remembered -= len(self._gains.popitem(last=False)[1])

    def _read(self, stem: str) -> Mapping[int, float]:
        gained: dict[int, float] = {}
        for name in self._formula.weights:
            for number, gain in self._field_gains(name, stem):
                gained[number] = gained.get(number, 0.0) + gain
        return gained

    def _field_gains(self, name: str, stem: str) -> Iterator[tuple[int, float]]:
        """What `stem` adds to each article's score by one of its fields."""
        formula = self._formula
        postings = self._postings(name, stem)
        worth = formula.weights[name] * formula.rarity(self._count, len(postings)) if postings else 0.0
        drag = self._drag[name]
        for place, times in postings:
            yield self._number_of[place], worth * times * (formula.k1 + 1) / (times + drag[place])

    def _postings(self, name: str, stem: str) -> list[tuple[int, float]]:
        """Where in the index the field `name` holds the stem, and how often there."""
        if (name, stem) not in self._reader:
            return []
        found = []
        matcher = self._reader.postings(name, stem)
        while matcher.is_active():
            found.append((matcher.id(), matcher.weight()))
            matcher.next()
        return found

    def _drags(self, name: str, length: int) -> Sequence[float]:
        """For each article, how much the length of its field holds its words back; `length` is that of all together."""
        k1, b = self._formula.k1, self._formula.b
        average = length / (self._count or 1) or 1
        length_of = self._reader.doc_field_length  # As Whoosh scores it, in 256 steps; the average is exact.
        places = range(self._reader.doc_count_all())
        return array("d", (k1 * ((1 - b) + b * (length_of(at, name, 1) or 1) / average) for at in places))
