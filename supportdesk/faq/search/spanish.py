"""Spanish questions in the English words of the articles, by content/faq/spanish.txt."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from supportdesk.faq.search.analysis import words

FILE = "spanish.txt"

_LONGEST = 4  # Words of a phrase.
_MOSTLY = 0.5  # Of the words of a question; from there on it is a Spanish one.

Phrase = tuple[str, ...]


class Spanish:
    def __init__(self, english: dict[Phrase, str], is_english: Callable[[str], bool]) -> None:
        """`english` of each Spanish phrase; `is_english` tells of a word whether it is that already, such as "no"."""
        self._english = english
        self._is_english = is_english
        self._words = frozenset(word for phrase in english for word in phrase)

    def in_english(self, asked: Sequence[str]) -> list[str] | None:
        """The words of a question with those that are Spanish put into English; None where none of them is."""
        surely = [word for word in asked if word in self._words and not self._is_english(word)]
        if not surely:
            return None
        is_spanish = sum(word in self._words for word in asked) >= _MOSTLY * len(asked)
        said: list[str] = []
        place = 0
        while place < len(asked):
            length = self._phrase_at(asked, place, is_spanish=is_spanish)
            said += words(self._english[tuple(asked[place : place + length])]) if length else [asked[place]]
            place += length or 1
        return list(dict.fromkeys(said))

    def _phrase_at(self, asked: Sequence[str], place: int, *, is_spanish: bool) -> int:
        """How many words the longest known phrase has that begins here; 0 where none does."""
        for length in range(min(_LONGEST, len(asked) - place), 0, -1):
            phrase = tuple(asked[place : place + length])
            if phrase in self._english and (is_spanish or not all(map(self._is_english, phrase))):
                return length
        return 0


@cache
def spanish_phrases(folder: Path) -> dict[Phrase, str]:
    """The list in `folder`; nothing where it can't be read: then Spanish words are words that nobody knows."""
    try:
        lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    pairs = (line.partition("=") for line in lines if not line.startswith("#"))
    return {
        phrase: english.strip()
        for listed, equals, english in pairs
        for entry in listed.split(",")
        if equals and (phrase := tuple(words(entry)))
    }
