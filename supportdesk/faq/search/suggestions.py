"""What a half-typed question may become: titles and people's own phrases, matched word by word.  Pure.

Which articles hold a word is one long number, a bit for each article in reading order: who holds two words, or any of
the thousand that begin with “a”, is then a step or a few for the processor.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain
from operator import and_

from supportdesk.faq.articles import Article
from supportdesk.faq.search.analysis import FILLER, stem, words

_LAST_LETTER = "\U0010ffff"
_RARE = 1 / 250  # Of the articles.  What fewer hold is kept as a list of them, an eighth of the bits at most.


class Suggestions:
    def __init__(self, articles: Iterable[Article]) -> None:
        self._slugs: list[str] = []
        self._wordings: list[str] = []  # Titles and phrases, a line each, every word after a blank.
        self._titles, self._phrases = _Texts(), _Texts()
        beginnings: list[tuple[str, int]] = []
        for place, article in enumerate(articles):
            title, *phrases = (words(text) for text in (article.title, *article.also_asked_as))
            self._slugs.append(article.slug)
            self._wordings.append("\n".join(f" {' '.join(wording)}" for wording in (title, *phrases)))
            self._titles.add(place, title)
            self._phrases.add(place, chain(*phrases))
            telling = " ".join(word for word in title if word not in FILLER)
            beginnings += [(beginning, place) for beginning in {" ".join(title), telling}]
        beginnings.sort()
        self._beginnings = [beginning for beginning, _ in beginnings]
        self._beginners = array("I", (place for _, place in beginnings))
        self._titles.close(len(self._slugs))
        self._phrases.close(len(self._slugs))

    def of(self, typed: Sequence[str], limit: int) -> list[str]:
        """Slugs for the words typed so far, the last of them perhaps unfinished.

        Only what matches the most of them, and at least half.  Best first: titles that begin so, titles with
        these words, titles and phrases with these words in a row, other phrases.
        """
        if not typed or limit <= 0:
            return []
        before = list(dict.fromkeys(typed[:-1]))
        asked = [word for word in before if word not in FILLER] or before
        found: dict[int, None] = {}
        for place in self._by_nearness(asked, typed):
            found[place] = None
            if len(found) == limit:
                break
        return [self._slugs[place] for place in found]

    def _by_nearness(self, asked: Sequence[str], typed: Sequence[str]) -> Iterator[int]:
        """The nearest first; who was named already may come again."""
        in_titles = self._titles.holding(asked, typed[-1])
        in_phrases = self._phrases.holding(asked, typed[-1])
        best = _in_the_most([title | phrase for title, phrase in zip(in_titles, in_phrases, strict=True)])
        yield from _places(best & self._begun(" ".join(typed), " ".join([*asked, typed[-1]])))
        yield from _places(reduce(and_, in_titles, best))
        in_a_row = f" {' '.join(typed)}"
        yield from (place for place in _places(best) if in_a_row in self._wordings[place])
        yield from _places(best)

    def _begun(self, *beginnings: str) -> int:
        """Whose titles begin so."""
        begun = (self._beginners[_beginning(self._beginnings, start)] for start in beginnings)
        return _bits(chain.from_iterable(begun), len(self._slugs))


class _Texts:
    """Texts of articles, by the words they hold."""

    def __init__(self) -> None:
        self._rare: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self._common: dict[str, int] = {}
        self._forms: dict[str, list[str]] = defaultdict(list)  # By their stem.
        self._vocabulary: list[str] = []
        self._count = 0

    def add(self, place: int, text: Iterable[str]) -> None:
        for word in set(text):
            self._rare[word].append(place)

    def close(self, count: int) -> None:
        """All of the `count` articles were added."""
        self._count = count
        self._vocabulary = sorted(self._rare)
        for word in self._vocabulary:
            self._forms[stem(word)].append(word)
            if len(self._rare[word]) > _RARE * count:
                self._common[word] = _bits(self._rare.pop(word), count)

    def holding(self, asked: Iterable[str], prefix: str) -> list[int]:
        """For each word asked in any form, and for those that begin with `prefix`, who holds it."""
        choices: list[Sequence[str]] = [self._forms.get(stem(word), ()) for word in asked]
        return [self._any(forms) for forms in (*choices, self._vocabulary[_beginning(self._vocabulary, prefix)])]

    def _any(self, forms: Sequence[str]) -> int:
        rare = chain.from_iterable(self._rare[form] for form in forms if form not in self._common)
        bits = _bits(rare, self._count)
        for form in forms:
            bits |= self._common.get(form, 0)
        return bits


def _in_the_most(holders: Sequence[int]) -> int:
    """Who stands in the most of the `holders`, and in at least half."""
    at_least = [-1, *[0] * len(holders)]  # In no more than none stands everybody.
    for seen, holder in enumerate(holders, start=1):
        for number in range(seen, 0, -1):
            at_least[number] |= at_least[number - 1] & holder
    half = (len(holders) + 1) // 2
    return next((found for found in reversed(at_least[half:]) if found), 0)


def _bits(places: Iterable[int], count: int) -> int:
    """The number with these bits, of `count`."""
    octets = bytearray(count // 8 + 1)
    for place in places:
        octets[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(octets, "little")


def _places(bits: int) -> Iterator[int]:
    """The bits that are set, the lowest first."""
    digits = f"{bits:b}"[::-1]
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)


def _beginning(ordered: Sequence[str], start: str) -> slice:
    """Where those that begin so stand."""
    return slice(bisect_left(ordered, start), bisect_left(ordered, start + _LAST_LETTER))
