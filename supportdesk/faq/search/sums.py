"""The best totals of a few words, in plain Python; sums_numpy.py finds the same ones with numpy.

Most articles that hold a common word need not be looked at.  Once enough articles are known to reach some total, an
article that holds only words too weak to add up to it is out (the idea is MaxScore's, by Turtle and Flood).
"""

import heapq
from array import array
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence

_ROUNDING = 1 - 1e-9  # Sums of the same numbers in another order differ by less.


class Gains:
    """What one word adds to the score of each article that holds it; articles are numbers."""

    def __init__(self, gains: Mapping[int, float], count: int) -> None:  # noqa: ARG002  # Only numpy needs the count.
        self.of = dict(gains)
        self.numbers = array("I", sorted(self.of, key=self.of.__getitem__, reverse=True))  # The most first.
        self.losses = array("d", (-self.of[number] for number in self.numbers))  # Ascending, as bisect wants it.

    def __len__(self) -> int:
        return len(self.of)

    def __contains__(self, number: int) -> bool:
        return number in self.of


Word = tuple[Gains, float]  # With its weight.


def best(words: Sequence[Word], limit: int) -> list[tuple[int, float]]:
    """Number and total of the best `limit` articles, best first; among equals the lower number first."""
    likely: Collection[int] = {number for gains, _ in words for number in gains.numbers[:limit]}
    if sum(len(gains) for gains, _ in words) > len(likely) >= limit:
        reached = heapq.nlargest(limit, [_total(words, number) for number in likely])[-1]
        likely = _contenders(words, reached * _ROUNDING)
    totals = [(number, _total(words, number)) for number in likely]
    return heapq.nsmallest(limit, totals, key=lambda scored: (-scored[1], scored[0]))


def _contenders(words: Sequence[Word], goal: float) -> Collection[int]:
    """Every article with a total of `goal` or more, and few others."""
    rest, weak = sorted(words, key=_bulk), []
    short = goal  # What an article needs besides all the weak words.
    while _most(rest[-1]) < short:
        weak.append(rest.pop())
        short -= _most(weak[-1])
    border, border_weight = rest.pop()  # Of this word only what it gives much to is needed.
    totals: dict[int, float] = {}
    for gains, weight in rest:
        for number, gain in gains.of.items():
            totals[number] = totals.get(number, 0.0) + weight * gain
    strong = border.numbers[: bisect_right(border.losses, -short / border_weight)]
    for number in {*strong, *(border.of.keys() & totals.keys())}:
        totals[number] = totals.get(number, 0.0) + border_weight * border.of[number]
    return _still_in(totals, sorted(weak, key=_most, reverse=True), goal)


def _still_in(totals: Mapping[int, float], weak: Sequence[Word], goal: float) -> Collection[int]:
    """Add the weak words, the strongest first, and drop each article as soon as the rest cannot save it."""
    hope = sum(map(_most, weak))
    for gains, weight in weak:
        least, gain = goal - hope, gains.of.get
        totals = {number: total + weight * gain(number, 0.0) for number, total in totals.items() if total >= least}
        hope -= _most((gains, weight))
    return totals.keys()


def _most(word: Word) -> float:
    gains, weight = word
    return -weight * gains.losses[0]


def _bulk(word: Word) -> float:
    """How many articles a word would have us look at, for what it can give."""
    return len(word[0]) / _most(word)


def _total(words: Sequence[Word], number: int) -> float:
    total = 0.0
    for gains, weight in words:
        if number in gains.of:
            total += weight * gains.of[number]
    return total
