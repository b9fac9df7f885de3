"""Misspelt words become the known ones they were meant to be: “brething” is “breathing”.  Pure, and quick.

Two words are near where they meet when one letter is struck out of each.  The search has a more thorough speller;
this one has to look at every word of a long message.
"""

from collections import defaultdict
from collections.abc import Iterable

_SHORTEST, _LONGEST = 4, 16  # Letters.
_FORGIVING = 6  # From so many letters on two slips are forgiven, below it one.


class Mender:
    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._under: dict[str, list[str]] = defaultdict(list)
        for word in sorted(vocabulary):
            if _is_plain(word):
                for rest in _rests(word):
                    self._under[rest].append(word)

    def mended(self, word: str) -> str:
        """The nearest known word; the same where none is near."""
        if not _is_plain(word):
            return word
        near = {other for rest in _rests(word) for other in self._under.get(rest, ())}
        if len(word) < _FORGIVING:
            near = {other for other in near if _is_one_slip(word, other)}
        return min(near, key=lambda other: _distance(word, other), default=word)


def _is_plain(word: str) -> bool:
    return _SHORTEST <= len(word) <= _LONGEST and word.isascii() and word.isalpha()


def _rests(word: str) -> set[str]:
    return {word} | {word[:at] + word[at + 1 :] for at in range(len(word))}


def _is_one_slip(one: str, other: str) -> bool:
    """A letter missed, added, mistaken, or swapped with its neighbour."""
    if len(one) != len(other):
        return one in _rests(other) or other in _rests(one)
    wrong = [at for at, letter in enumerate(one) if letter != other[at]]
    return len(wrong) == 1 or sorted(one) == sorted(other)


def _distance(word: str, other: str) -> tuple[bool, bool, int, str]:
    """People rarely miss the first letter, and often swap two."""
    return word[0] != other[0], sorted(word) != sorted(other), abs(len(word) - len(other)), other
