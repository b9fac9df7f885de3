"""Why an article ranks where it does, for `flask faq search --explain`.  Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_FIELDS = {"alt": "also asked as", "title": "title", "summary": "summary", "body": "body"}


@dataclass(frozen=True, slots=True)
class Word:
    stem: str
    weight: float  # 1 for a word that was asked, less for one that means the same.
    fields: Mapping[str, float]  # What it adds to the score by each field that holds it, before its weight.

    @property
    def score(self) -> float:
        return self.weight * sum(self.fields.values())


@dataclass(frozen=True, slots=True)
class Explanation:
    words: tuple[Word, ...]  # Those that the article holds.
    is_collected: bool  # What was typed is a title or phrase of this article, which lifts it above all others.
    share: float  # Of the ways in which people ask, as far as they are this article’s; 0 where nothing is known of it.
    likeness: float | None  # Of meaning; None where that extra is off.

    def lines(self) -> Iterator[str]:
        for word in sorted(self.words, key=lambda word: -word.score):
            fields = " + ".join(f"{_FIELDS[name]} {gain:.3f}" for name, gain in word.fields.items())
            weight = "" if word.weight == 1 else f", times {word.weight:g} as it only means the same"
            yield f"{word.score:8.3f}  {word.stem}: {fields}{weight}"
        if self.share:
            yield f"{self.share:8.3f}  asked in such words, from 0 to 1: lifts it by up to half of the best sum"
        if self.is_collected:
            yield f"{'':8}  these are the words of its title or of a phrase: first, whatever the sum"
        if self.likeness is not None:
            yield f"{self.likeness:8.3f}  by meaning, from 0 to 1, which counts for most of the score"
