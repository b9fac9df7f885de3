"""Signs of an emergency: words and {kinds of words} that follow each other, a few words between them at most.  Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from supportdesk.faq.judging.tokens import words

_PART = re.compile(r"\{([^{}]+)\}|([^{}]+)")
_BETWEEN = 5  # Words, at most, from one part to the next.

Parts = tuple[str, ...]


def parts(sign: str) -> Parts:
    """The parts of “{chest} hurts”: a kind in braces, or a word."""
    found: list[str] = []
    for kind, plain in _PART.findall(sign):
        found += [f"{{{kind.strip()}}}"] if kind else words(plain)
    return tuple(found)


class Signs:
    """The signs of some cards, each known by a name."""

    def __init__(self, signs: Iterable[tuple[str, str]]) -> None:
        self._by_first: Mapping[str, list[tuple[Parts, str]]] = defaultdict(list)
        for name, sign in signs:
            if wanted := parts(sign):
                self._by_first[wanted[0]].append((wanted[1:], name))
        every = {part for first, rests in self._by_first.items() for rest, _name in rests for part in (first, *rest)}
        self.words = {part for part in every if not part.startswith("{")}
        self.kinds = {part[1:-1] for part in every - self.words}

    def found(self, sentence: Sequence[str], kinds: Iterable[tuple[int, str]]) -> set[str]:
        """The names of those that stand in the sentence."""
        at: list[set[str]] = [{word} for word in sentence]
        for place, kind in kinds:
            at[place].add(f"{{{kind}}}")
        begun = ((place, key) for place, keys in enumerate(at) for key in keys if key in self._by_first)
        return {
            name for place, key in begun for rest, name in self._by_first[key] if not rest or _follows(at, place, rest)
        }


def _follows(at: Sequence[set[str]], place: int, rest: Parts) -> bool:
    """Whether the parts follow, each as soon as it can."""
    for part in rest:
        for following in range(place + 1, min(place + 2 + _BETWEEN, len(at))):
            if part in at[following]:
                place = following
                break
        else:
            return False
    return True
