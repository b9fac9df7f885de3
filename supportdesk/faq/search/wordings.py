"""How people word what they ask, and whose words a question sounds like: naive Bayes over titles and phrases.  Pure.

BM25F weighs the words an article holds.  In a small help center every word stands in some article or other, and what
tells "who runs this" from "how do I use this" are small words and who stands next to whom.  So each title and each
collected phrase is a line that was asked for its article, and a question belongs where its words and pairs of
neighbours are said most.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from supportdesk.faq.search.analysis import stem, words

_LEAST = 2  # Phrases of an article, on average; of titles alone there is nothing to learn.
_MOST = 500  # Articles.  Among more, most words tell by themselves, and this would take memory and time.
_UNSAID = 0.3  # How often what was never said for an article counts as said.
_CALM = 3.0  # Neighbours tell the same twice, so that naive Bayes is surer than it may be: divided by this it is not.


class Wordings:
    """The lines of each article, by what stands in them; empty where there are few lines or many articles."""

    def __init__(self, lines: Mapping[str, Sequence[str]]) -> None:
        """`lines` of each slug: its title, and the phrases it was asked by."""
        asked = {slug: said for slug, said in lines.items() if len(said) > 1}
        enough = len(asked) > 1 and sum(map(len, asked.values())) > _LEAST * len(lines) and len(lines) <= _MOST
        counts = {slug: _counted(said) for slug, said in lines.items()} if enough else {}
        self._slugs = tuple(counts)
        self._gains: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, counted in enumerate(counts.values()):
            for feature, times in counted.items():
                self._gains[feature].append((number, math.log1p(times / _UNSAID)))
        room = _UNSAID * len(self._gains)
        self._drags = tuple(math.log(counted.total() + room) for counted in counts.values())

    def shares(self, question: Sequence[str]) -> Mapping[str, float]:
        """How likely the question (its words, in order) belongs to each article; together 1, or nothing at all.

        Nothing, where no line says any of it.
        """
        gains = [self._gains[feature] for feature in _features(question) if feature in self._gains]
        if not gains:
            return {}
        totals = [-len(gains) * drag for drag in self._drags]
        for gained in gains:
            for number, gain in gained:
                totals[number] += gain
        best = max(totals)
        odds = [math.exp((total - best) / _CALM) for total in totals]
        together = sum(odds)
        return {slug: odd / together for slug, odd in zip(self._slugs, odds, strict=True)}


def _counted(lines: Iterable[str]) -> Counter[str]:
    """In how many of the lines each feature stands."""
    return Counter(feature for line in lines for feature in _features(words(line)))


def _features(asked: Sequence[str]) -> set[str]:
    """Its stems, small words too, and its pairs of neighbours, with those at either end."""
    return set(_pairs([stem(word) for word in asked]))


def _pairs(stems: Sequence[str]) -> Iterator[str]:
    yield from stems
    yield from map(" ".join, pairwise(["^", *stems, "$"]))
