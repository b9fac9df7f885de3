"""Kinds of words: what is learned of “invoice” is then known of “bill”.  Pure: words.txt in, kinds out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from supportdesk.faq.judging.tokens import words

_SHORTEST_BEGINNING = 3  # Letters before a star.
_GROUP = "group "  # Begins the name of a line that groups kinds, not words.
_LEFT_ALONE = "left alone"  # The line of words that are of no kind, and no slip of the pen either.

_NO_KIND: frozenset[str] = frozenset()

Line = tuple[str, tuple[str, ...]]  # The name of a kind, and its words as written.


def parse(text: str) -> tuple[tuple[Line, ...], list[int]]:
    """The lines of the file, and the numbers of those that are not “kind: word, word”."""
    lines: list[Line] = []
    wrong: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        name, colon, listed = line.partition(":")
        entries = tuple(entry.strip() for entry in listed.split(",") if words(entry))
        if not line.strip() or line.startswith("#"):
            continue
        if colon and name.strip() and entries:
            lines.append((name.strip(), entries))
        else:
            wrong.append(number)
    return tuple(lines), wrong


def strangers(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """Groups, each with what it names and is no kind."""
    known = {name for name, _entries in lines}
    return [(group, kind) for group, kinds in _groups(lines).items() for kind in sorted(kinds - known)]


def _groups(lines: Iterable[Line]) -> dict[str, frozenset[str]]:
    return {name.removeprefix(_GROUP): frozenset(kinds) for name, kinds in lines if name.startswith(_GROUP)}


class Kinds:
    def __init__(self, lines: Sequence[Line]) -> None:
        self._groups = _groups(lines)
        self._exact: Mapping[str, set[str]] = defaultdict(set)
        self._beginning: Mapping[str, set[str]] = defaultdict(set)
        self._several: Mapping[str, list[tuple[list[str], bool, str]]] = defaultdict(list)
        self._alone: set[str] = set()
        self.vocabulary: set[str] = set()
        for name, entries in lines:
            for entry in () if name.startswith(_GROUP) else entries:
                if name == _LEFT_ALONE:
                    self._alone.update(words(entry))
                else:
                    self._add(name, words(entry), is_open=entry.endswith("*"))
        self._openings = {word[:_SHORTEST_BEGINNING] for word in self._beginning}  # Most words begin with none.
        self._kinds: dict[str, frozenset[str]] = {word: self._of(word) for word in self.vocabulary}

    def _add(self, name: str, entry: Sequence[str], *, is_open: bool) -> None:
        first, *more = entry
        if more:
            self._several[first].append((more, is_open, name))
        elif is_open and len(first) >= _SHORTEST_BEGINNING:
            self._beginning[first].add(name)
        else:
            self._exact[first].add(name)
        self.vocabulary.update(entry)

    def of_group(self, name: str) -> frozenset[str]:
        """The kinds of a group; none where nobody wrote one of that name."""
        return self._groups.get(name, frozenset())

    def words_of(self, kinds: Collection[str]) -> set[str]:
        return {word for word, names in self._kinds.items() if not names.isdisjoint(kinds)}

    def knows(self, word: str) -> bool:
        return word in self._kinds or word in self._alone or bool(self._of(word))

    def found(self, sentence: Sequence[str]) -> list[tuple[int, str]]:
        """Each kind in the sentence, and where."""
        found = []
        for place, word in enumerate(sentence):
            kinds = self._kinds.get(word)
            found += [(place, name) for name in sorted(self._of(word) if kinds is None else kinds)]
            for more, is_open, name in self._several.get(word, ()):
                if _goes_on(sentence[place + 1 : place + 1 + len(more)], more, is_open=is_open):
                    found.append((place, name))
        return found

    def _of(self, word: str) -> frozenset[str]:
        if word[:_SHORTEST_BEGINNING] not in self._openings:
            return _NO_KIND if (exact := self._exact.get(word)) is None else frozenset(exact)
        kinds = set(self._exact.get(word, ()))
        for length in range(_SHORTEST_BEGINNING, len(word) + 1):
            kinds |= self._beginning.get(word[:length], set())
        return frozenset(kinds)


def _goes_on(sentence: Sequence[str], more: Sequence[str], *, is_open: bool) -> bool:
    if sentence == more:
        return True
    return is_open and len(sentence) == len(more) and sentence[:-1] == more[:-1] and sentence[-1].startswith(more[-1])
