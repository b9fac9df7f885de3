"""Words that mean the same to our patients, from content/faq/synonyms.txt: they help to rank, a little.  Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from supportdesk.faq.search.analysis import stems

WEIGHT = 0.3  # Of the word itself: measured best, and little enough not to push aside what was really asked.


class Synonyms:
    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        self._others: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = defaultdict(list)
        for group in groups:
            entries = [entry for text in group if (entry := frozenset(stems(text)))]
            every = frozenset(stem for entry in entries for stem in entry)
            for entry in entries:
                self._others[min(entry)].append((entry, every))

    def of(self, asked: Sequence[str]) -> Mapping[str, float]:
        """Stems that mean the same as some of the `asked` ones, each with the weight it has."""
        known = frozenset(asked)
        return {
            other: WEIGHT
            for stem in asked
            for entry, every in self._others.get(stem, ())
            if entry <= known
            for other in sorted(every - known)
        }
