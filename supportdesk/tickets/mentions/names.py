"""Whom a note mentions: “@priya”, “@priya.nair” or “@Priya Nair”.  Pure: words and names in, numbers out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_AT = re.compile(r"(?<![\w.@+-])@(?=[^\W\d_])")  # Not in an e-mail address, nor in “@ 3pm”.
_WORD = re.compile(r"[\w'’.-]*[\w]")


@dataclass(frozen=True)
class Mentioned:
    ids: tuple[int, ...]  # Of agents, each once, in the order of the note.
    nobody: tuple[str, ...]  # What stands behind an @ and is nobody's name.
    several: tuple[str, ...]  # What is the first name of more than one.


def mentioned(text: str, names: Mapping[int, str]) -> Mentioned:
    """`names` by the numbers of the agents who are here now."""
    ids: list[int] = []
    nobody: list[str] = []
    several: list[str] = []
    for match in _AT.finditer(text):
        rest = text[match.end() :].casefold()
        found = _longest(rest, names)
        word = _WORD.match(text, match.end())
        typed = word[0] if word else ""
        if len(found) == 1:
            ids.extend(found)
        else:
            (several if found else nobody).append(typed[:40])
    return Mentioned(tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(nobody)), tuple(dict.fromkeys(several)))


def _longest(rest: str, names: Mapping[int, str]) -> set[int]:
    """Whoever is meant by the longest name that `rest` begins with."""
    fits = [(len(spelled), number) for number, name in names.items() for spelled in _spellings(name)
            if rest.startswith(spelled) and not re.match(r"[\w]|[.-]\w", rest[len(spelled) :])]  # fmt: skip
    longest = max((length for length, _ in fits), default=0)
    return {number for length, number in fits if length == longest}


def _spellings(name: str) -> Iterator[str]:
    parts = name.casefold().split()
    yield from {" ".join(parts), ".".join(parts), "".join(parts), parts[0]}
