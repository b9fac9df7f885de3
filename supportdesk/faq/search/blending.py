"""One score of several: by words, by how people word what they ask, and by meaning where that is known.  Pure."""

import math
from collections.abc import Mapping

Scores = Mapping[str, float]  # By slug.

_WEAKEST = 0.15  # Of the best score.  Below it an article shares a stray word with the question, no more.
# All measured on public sets, with two to a hundred phrases an article; docs/search.md has the figures.
_BY_WORDING = 0.5  # Of the best score by words.
_WORDS, _ASKED = 0.1, 0.015  # Beside likeness.
_UNASKED = 0.03  # The share of an article of which nothing is known.


def by_words(scores: Scores, shares: Scores, first: str | None) -> dict[str, float]:
    """The scores, each lifted by up to half of the best where the article is asked for so; the weakest are left out."""
    best = max(scores.values(), default=0.0)
    lifted = {slug: score + _BY_WORDING * best * shares.get(slug, 0.0) for slug, score in scores.items()}
    least = _WEAKEST * max(lifted.values(), default=0.0)
    kept = {slug: score for slug, score in lifted.items() if score >= least}
    return _with_first(kept, first)


def by_meaning(likeness: Scores, words: Scores, shares: Scores, first: str | None) -> dict[str, float]:
    """The likeness of each article, with a little of its score by words, and of its share of such questions."""
    best = max(words.values(), default=1.0)
    scores = {
        slug: like + _WORDS * words.get(slug, 0.0) / best + _ASKED * math.log1p(shares.get(slug, 0.0) / _UNASKED)
        for slug, like in likeness.items()
    }
    return _with_first(scores, first)


def _with_first(scores: dict[str, float], first: str | None) -> dict[str, float]:
    """What an editor collected is lifted just above the best."""
    return scores | {first: 1.01 * max(scores.values())} if first in scores else scores
