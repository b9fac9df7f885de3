"""The best totals of a few words, with numpy: the same as in sums.py to the last bit, several times as fast."""

from collections.abc import Mapping, Sequence

import numpy as np

_TOPS = 50  # A page shows ten.
_COMMON = 1 / 4  # Of the articles.  A word that more of them hold is added as one row, a nought for each of the others.
_ANY = 5e-324  # The least number above nothing.


class Gains:
    """What one word adds to the score of each article that holds it; articles are numbers below `count`."""

    def __init__(self, gains: Mapping[int, float], count: int) -> None:
        self.count = count
        self.numbers = np.array(sorted(gains), dtype=np.intp)
        self.gains = np.array([gains[number] for number in sorted(gains)])
        self.tops = sorted(gains.values(), reverse=True)[:_TOPS]
        self.is_common = len(gains) > _COMMON * count
        if self.is_common:
            row = np.zeros(count)
            row[self.numbers] = self.gains
            self.gains = row

    def __len__(self) -> int:
        return len(self.numbers)

    def __contains__(self, number: int) -> bool:
        place = int(self.numbers.searchsorted(number))
        return place < len(self.numbers) and bool(self.numbers[place] == number)


def best(words: Sequence[tuple[Gains, float]], limit: int) -> list[tuple[int, float]]:
    """Number and total of the best `limit` articles, best first; among equals the lower number first."""
    if not words:
        return []
    totals = np.zeros(words[0][0].count)
    reached = _ANY  # By at least `limit` articles, with one word alone.
    for gains, weight in words:
        gained = gains.gains if weight == 1 else weight * gains.gains
        if gains.is_common:
            totals += gained
        else:
            np.add.at(totals, gains.numbers, gained)
        if limit <= len(gains.tops):
            reached = max(reached, weight * gains.tops[limit - 1])
    numbers = (totals >= reached).nonzero()[0]
    scores = totals[numbers]
    order = (-scores).argsort(kind="stable")[:limit]
    return list(zip(numbers[order].tolist(), scores[order].tolist(), strict=True))
