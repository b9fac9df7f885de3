"""What a half-typed question may become: titles and people's own phrases, matched word by word.  Pure."""

import heapq
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TypeVar

from supportdesk.faq.articles import Article
from supportdesk.faq.search.analysis import FILLER, stem, words

_Item = TypeVar("_Item")
_LAST_LETTER = "\U0010ffff"
_Places = Collection[int]  # Articles, by their place in reading order.


class _Texts:
    """Texts of articles, by the words they hold and by how they begin."""

    def __init__(self) -> None:
        self._by_word: dict[str, set[int]] = defaultdict(set)
        self._by_stem: dict[str, set[int]] = defaultdict(set)
        self._vocabulary: list[str] = []

    def add(self, place: int, text: Iterable[str]) -> None:
        for word in set(text):
            self._by_word[word].add(place)
            self._by_stem[stem(word)].add(place)

    def sort(self) -> None:
        self._vocabulary = sorted(self._by_word)

    def holding(self, asked: Iterable[str], prefix: str) -> list[_Places]:
        """For each word asked, and for one that begins with `prefix`, who holds it: the fewest first."""
        begun = _begun(self._vocabulary, prefix, lambda word: word)
        found: list[_Places] = [self._by_stem.get(stem(word), ()) for word in asked]
        return sorted([*found, set().union(*(self._by_word[word] for word in begun))], key=len)


class Suggestions:
    def __init__(self, articles: Iterable[Article]) -> None:
        self._slugs: list[str] = []
        self._wordings: list[str] = []  # Titles and phrases, a line each, every word after a blank.
        self._all, self._titles = _Texts(), _Texts()
        self._beginnings: list[tuple[str, int]] = []
        for place, article in enumerate(articles):
            title, *phrases = (words(text) for text in (article.title, *article.also_asked_as))
            self._slugs.append(article.slug)
            self._wordings.append("\n".join(f" {' '.join(wording)}" for wording in (title, *phrases)))
            self._titles.add(place, title)
            self._all.add(place, chain(title, *phrases))
            telling = " ".join(word for word in title if word not in FILLER)
            self._beginnings += [(beginning, place) for beginning in {" ".join(title), telling}]
        self._beginnings.sort()
        self._titles.sort()
        self._all.sort()

    def of(self, typed: Sequence[str], limit: int) -> list[str]:
        """Slugs for the words typed so far, the last of them perhaps unfinished.

        Only what matches the most of them, and at least half.  Best first: titles that begin so, titles with
        these words, titles and phrases with these words in a row, other phrases.
        """
        if not typed or limit <= 0:
            return []
        before = list(dict.fromkeys(typed[:-1]))
        asked = [word for word in before if word not in FILLER] or before
        best = _in_the_most(self._all.holding(asked, typed[-1]))
        found: dict[int, None] = {}
        for places in self._by_nearness(best, asked, typed):
            found |= dict.fromkeys(heapq.nsmallest(limit, (place for place in places if place not in found)))
            if len(found) >= limit:
                break
        return [self._slugs[place] for place in islice(found, limit)]

    def _by_nearness(self, best: _Places, asked: Sequence[str], typed: Sequence[str]) -> Iterator[_Places]:
        """The best in groups, the nearest first; who was in an earlier group may come again."""
        beginnings = {" ".join(typed), " ".join([*asked, typed[-1]])}
        begun = {place for start in beginnings for _, place in _begun(self._beginnings, start, lambda pair: pair[0])}
        yield begun.intersection(best)
        yield set(best).intersection(*self._titles.holding(asked, typed[-1]))
        in_a_row = f" {' '.join(typed)}"
        yield [place for place in best if in_a_row in self._wordings[place]]
        yield best


def _in_the_most(holders: Sequence[_Places]) -> _Places:
    """Who stands in the most of the `holders`, and in at least half; the smallest of those come first.

    Who stands in all but two of them stands in one of the three smallest, so the large ones are never walked through.
    """
    if everywhere := set(holders[0]).intersection(*holders):
        return everywhere
    near = set(holders[0])
    for missing in range(1, len(holders) // 2 + 1):
        near.update(holders[missing])
        counts = Counter(chain.from_iterable(map(near.intersection, holders)))
        if best := [place for place, count in counts.items() if count >= len(holders) - missing]:
            return best
    return ()


def _begun(ordered: Sequence[_Item], start: str, text: Callable[[_Item], str]) -> Sequence[_Item]:
    """Those that begin so, of what is ordered by its text."""
    return ordered[bisect_left(ordered, start, key=text) : bisect_left(ordered, start + _LAST_LETTER, key=text)]
