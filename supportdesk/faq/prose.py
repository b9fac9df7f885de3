"""How hard a text is to read: its grade, its sentences, and the words for which there is a plainer one.  Pure."""

import re
from collections.abc import Iterator, Mapping

PLAIN_WORDS = "plain-words.txt"

_SENTENCE_END = re.compile(r"[.?!:]+(?=\s|$)|\n")
_WORD = re.compile(r"[A-Za-z][A-Za-z’']*")
_NO_WORDS = re.compile(r"\S+@[\w.-]*\w|(?:https?://\S*|\b[\w.]+\.(?:com|org|net|gov)\b(?:/\S*)?)(?<=\w)|\+?[\d-]{7,}")
_SILENT = re.compile(r"(?:[^laeiouy]es|[^dt]ed|[^l]e)$")
_VOWELS = re.compile(r"[aeiouy]+")
_ALWAYS_ONE_SYLLABLE = 3  # Letters: “the”, “are”, “use”.


def sentences(text: str) -> list[str]:
    """Each with a word in it; a line of its own, as a heading is, is one too."""
    return [sentence.strip() for sentence in _SENTENCE_END.split(text) if _WORD.search(sentence)]


def words(sentence: str) -> list[str]:
    return _WORD.findall(_NO_WORDS.sub("it", sentence))  # An address or a number is as easy as “it”.


def grade(text: str) -> float:
    """The years of school that it takes to follow, by Flesch and Kincaid."""
    found = sentences(_NO_WORDS.sub("it", text))
    said = [word for sentence in found for word in words(sentence)]
    if not said:
        return 0.0
    return 0.39 * len(said) / len(found) + 11.8 * sum(map(syllables, said)) / len(said) - 15.59


def syllables(word: str) -> int:
    """Groups of vowels, but for an e at the end that nobody says."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    if len(letters) <= _ALWAYS_ONE_SYLLABLE:
        return 1
    return max(1, len(_VOWELS.findall(_SILENT.sub(lambda end: end[0][0], letters))))


def plain_words(text: str) -> tuple[dict[str, str], list[int]]:
    """Hard word -> what to write instead, from the text of plain-words.txt; and the lines that are not so written."""
    plainer: dict[str, str] = {}
    wrong: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        entry = line.partition("#")[0].strip()
        hard, _arrow, plain = (part.strip() for part in entry.partition("->"))
        if hard and plain:
            plainer[hard.lower()] = plain
        elif entry:
            wrong.append(number)
    return plainer, wrong


def hard_words(text: str, plainer: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each hard word of the text once, as it stands there, with what to write instead."""
    if not plainer:
        return
    longest_first = "|".join(re.escape(word) for word in sorted(plainer, key=len, reverse=True))
    seen: set[str] = set()
    for match in re.finditer(rf"\b({longest_first})(?:s|d|ed)?\b", " ".join(text.split()), re.IGNORECASE):
        hard = match[1].lower()
        if hard not in seen:
            seen.add(hard)
            yield match[0], plainer[hard]
