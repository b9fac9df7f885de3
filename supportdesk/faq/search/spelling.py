"""Spelling: a word nobody wrote becomes the nearest one that somebody did.  Pure.

Every known word is filed under what is left of it when up to two letters are struck out; a misspelt word is struck
out the same way, and where the two meet, they are near (the idea is SymSpell's, by Wolf Garbe).  The candidates are
weighed by edits, first letter and how many articles hold them.
"""

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from heapq import merge

_SHORTEST = 4  # Letters; a shorter word has too many neighbours, but for one that lacks a letter only.
_LONG = 6  # From here on two edits are forgiven where the first letter is right, below it one.
_LONGEST_TWO = 32  # Letters of two words that were run together.
_VOWELS = frozenset("aeiouyh")  # And what is hardly heard.
_PREFIX = 7  # Letters that are filed; slips later in a word are found by its beginning.
_MOST_WORDS = 2**24
_OTHER_FIRST_LETTER = 0.6  # People rarely miss the first letter.
_PER_ARTICLE = 0.12  # A word that many articles hold is likelier meant.
_SAME_LETTERS = 0.3  # Letters swapped, none missing: the commonest slip.
_SAME_SOUND = 0.3  # People miss vowels and doubled letters rather than take one consonant for another.


class Filing:
    """Words, filed under what is left of them; immutable.

    Each entry is one number, of a rest and of a word: half a million strings in lists take forty times the memory.
    """

    def __init__(self, words: Sequence[str] = (), entries: Sequence[int] = ()) -> None:
        self._words = words
        self._known = frozenset(words)
        self._entries = array("Q", entries)  # Ascending.

    def extended(self, words: Iterable[str]) -> "Filing":
        """This and more.  A word that is nobody's any more stays: that costs less than looking for its entries."""
        new = [word for word in words if word not in self._known]
        numbered = enumerate(new, start=len(self._words))
        entries = sorted(_key(rest) + number for number, word in numbered for rest in _struck_out(word[:_PREFIX]))
        return Filing([*self._words, *new], array("Q", merge(self._entries, entries)))

    def under(self, rest: str) -> Iterator[str]:
        """The words filed there; now and then another, as keys can be the same by chance."""
        key = _key(rest)
        first, last = bisect_left(self._entries, key), bisect_left(self._entries, key + _MOST_WORDS)
        return (self._words[entry - key] for entry in self._entries[first:last])


class Speller:
    """Knows the words of an index, unstemmed, each with how many articles hold it."""

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        is_known: Callable[[str], bool],
        *,
        said: Container[str] = (),
        filing: Filing | None = None,
    ) -> None:
        """`is_known` tells of a word that is not in the vocabulary whether it is none the less spelled rightly.

        What people have `said` may be either, and is mended by one edit only.  The `filing` of a speller that knew
        nearly the same words saves most of the work.
        """
        self._vocabulary = {word: count for word, count in vocabulary.items() if len(word) >= 3 and not word.isdigit()}  # noqa: PLR2004
        self._is_known = is_known
        self._said = said
        self.filing = (filing or Filing()).extended(self._vocabulary)

    def correct(self, words: Sequence[str]) -> list[str]:
        """The words as they were likely meant; what is known, short or beyond guessing stays."""
        return [better for word in self._joined(words) for better in self._better(word)]

    def _better(self, word: str) -> Sequence[str]:
        if self._stays(word):
            return [word]
        near = self._nearest(word)
        return [near] if near else self._split(word) or [word]

    def _stays(self, word: str) -> bool:
        return word in self._vocabulary or len(word) < _SHORTEST - 1 or not word.isalpha() or self._is_known(word)

    def _nearest(self, word: str) -> str | None:
        near = {other for rest in _struck_out(word[:_PREFIX]) for other in self.filing.under(rest)}
        limit = 1 if word in self._said else 2
        weighed = [
            (self._distance(word, other, edits), other)
            for other in near & self._vocabulary.keys()
            if (edits := _edits(word, other, most := min(limit, _forgiven(word, other)))) <= most
        ]
        return min(weighed)[1] if weighed else None

    def _distance(self, word: str, other: str, edits: int) -> float:
        distance = edits - _PER_ARTICLE * math.log(1 + self._vocabulary[other])
        distance += _OTHER_FIRST_LETTER if word[0] != other[0] else 0
        distance -= _SAME_LETTERS if sorted(word) == sorted(other) else 0
        return distance - (_SAME_SOUND if _consonants(word) == _consonants(other) else 0)

    def _split(self, word: str) -> Sequence[str]:
        """“mypassword” as “my password”: both halves known, the longer of an article; the likelier of several."""
        ways = [(word[:at], word[at:]) for at in range(2, len(word) - 1)] if len(word) <= _LONGEST_TWO else []
        known = [way for way in ways if max(way, key=len) in self._vocabulary and all(map(self._stands_alone, way))]
        return max(known, key=lambda way: min(self._vocabulary.get(half, 0) for half in way), default=())

    def _stands_alone(self, word: str) -> bool:
        return word in self._vocabulary or self._is_known(word)

    def _joined(self, words: Sequence[str]) -> Iterator[str]:
        """“pass word” as “password”, where the halves alone say nothing, or stand in fewer articles than the whole."""
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if rest and self._is_one(word, rest[0]):
                word += rest.pop(0)
            yield word

    def _is_one(self, word: str, after: str) -> bool:
        whole = self._vocabulary.get(word + after, 0)
        if not whole:
            return False
        halves = max(self._vocabulary.get(half, 0) for half in (word, after))
        return whole > halves or not (self._stays(word) and self._stays(after))


def _consonants(word: str) -> str:
    """A word without vowels, and each consonant once where it is doubled; it begins with its first letter."""
    kept = word[0] + "".join(letter for letter in word[1:] if letter not in _VOWELS)
    return "".join(letter for letter, before in zip(kept, " " + kept, strict=False) if letter != before)


def _forgiven(word: str, other: str) -> int:
    """How many edits `word` may be from the `other`."""
    if len(word) < _SHORTEST:
        return 1 if word[0] == other[0] and len(word) < len(other) else 0
    return 1 if len(word) < _LONG or word[0] != other[0] else 2


def _key(rest: str) -> int:
    """Where a rest is filed, with room for the number of a word."""
    return hash(rest) % 2**40 * _MOST_WORDS


def _struck_out(word: str) -> set[str]:
    """`word` with up to two letters struck out."""
    once = {word[:at] + word[at + 1 :] for at in range(len(word))}
    return {word} | once | {less[:at] + less[at + 1 :] for less in once for at in range(len(less))}


def _edits(one: str, other: str, most: int) -> int:
    """Letters missed, doubled, mistaken, or swapped with their neighbour (optimal string alignment).

    Words further than `most` apart are somewhere above it.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    same = next((at for at, (mine, yours) in enumerate(zip(one, other, strict=False)) if mine != yours), 0)
    one, other = one[same:], other[same:]
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, match in enumerate(other, start=1):
            cost = before[j - 1] if letter == match else 1 + min(before[j], row[j - 1], before[j - 1])
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == match:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
