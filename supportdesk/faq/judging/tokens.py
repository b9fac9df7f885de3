"""A message as sentences of words: folded, bounded, and in any script.  Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

LONGEST_SENTENCE = 32  # Words.  People who type on a phone may use no period at all, so we cut.
_OVERLAP = 6
_MOST_ENDS = 300  # Periods and the like.  More are the work of somebody who wants to keep us busy.
_STRETCH, _ENOUGH = 1000, 24_000  # Characters.
_LONGEST_WORD = 24  # Letters; what is longer is no word, or begins as one.

_WORD = re.compile(r"\d+\.\d+|[^\W_]+")
_MARKS = re.compile(r"[\u0300-\u036f]+")  # Accents, once taken off their letters.
_END = re.compile(r"[.!?;:…。]+(?=\s|$)|[\n\r]+|[!?]+")
_SHORTEST_CLAUSE = 3  # Words.
_JOINED_BY = {"and", "also", "but", "plus", "so", "while", "because", "or", "anyway"}
_JOINED_BY |= {"y", "pero", "ademas", "tambien", "porque", "mientras"}
_APOSTROPHES = str.maketrans("", "", "'’")


def words(text: str) -> list[str]:
    """Every word, in small letters, without accents and apostrophes."""
    return _words(_folded(text))


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence; of a very long one several overlapping pieces."""
    folded = _folded(text)
    ends = sum(map(folded.count, ".!?\n"))
    parted = _END.split(folded) if ends <= _MOST_ENDS else [folded]
    said = [found for sentence in parted if (found := _words(sentence))]
    pieces = (tuple(piece) for sentence in said for piece in _pieces(sentence))
    return [list(piece) for piece in dict.fromkeys(pieces)]  # What is said twice says no more.


def clauses(sentence: Sequence[str]) -> list[list[str]]:
    """The parts of a sentence that says two things; none where it says one."""
    parts: list[list[str]] = [[]]
    for word in sentence:
        if word in _JOINED_BY and len(parts[-1]) >= _SHORTEST_CLAUSE:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts if len(parts) > 1 and len(parts[-1]) >= _SHORTEST_CLAUSE else []


def _words(folded: str) -> list[str]:
    return [found[:_LONGEST_WORD] for found in _WORD.findall(folded)]


def _folded(text: str) -> str:
    text = text.lower().translate(_APOSTROPHES)
    return text if text.isascii() else "".join(_without_marks(text))


def _without_marks(text: str) -> Iterator[str]:
    """Stretch by stretch, until it is enough: there are letters that come apart into eighteen."""
    length = 0
    for start in range(0, len(text), _STRETCH):
        stretch = _MARKS.sub("", unicodedata.normalize("NFKD", text[start : start + _STRETCH]))
        yield stretch
        length += len(stretch)
        if length > _ENOUGH:
            return


def _pieces(sentence: list[str]) -> Iterator[list[str]]:
    start = 0
    while len(sentence) - start > LONGEST_SENTENCE + _OVERLAP:
        yield sentence[start : start + LONGEST_SENTENCE]
        start += LONGEST_SENTENCE - _OVERLAP
    if sentence:
        yield sentence[start:]
