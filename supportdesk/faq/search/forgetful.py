"""The search's own analysis, remembering nothing: for what patients wrote.

What `analysis` remembers stays in the memory of the process; a patient's words must not outlive their request there.
"""

from collections.abc import Collection, Iterator

from whoosh.lang.porter2 import stem as porter

from supportdesk.faq.search.analysis import STOP_WORDS, WORD, whole_words

Place = tuple[int, int, str]  # Where a word begins and ends, and its stem.
_CUT_SHORT = ("die", "lie", "tie")  # Of “dying”, “lying”, “tying”; no others of three letters look as different.


def stems(text: str) -> frozenset[str]:
    """What an index of the text would hold.  Words that are not English are cut too, but always alike."""
    words = {word for _begin, _end, word in _words(text)}
    return frozenset(porter(word) for word in words if word and word not in STOP_WORDS)


def placed_stems(text: str, wanted: Collection[str]) -> list[Place]:
    """Those of the stems that are `wanted`, with where their words begin and end."""
    beginnings = tuple(map(beginning, wanted))
    return [
        (begin, end, stem)
        for begin, end, word in _words(text)
        if word.startswith(beginnings) and (stem := porter(word)) in wanted
    ]


def beginning(stem: str) -> str:
    """What every word with this stem begins with, however it ends: “hoping” is hope, “dying” is die."""
    return stem[:1] if len(stem) < 3 or stem in _CUT_SHORT else stem[:-1]  # noqa: PLR2004


def _words(text: str) -> Iterator[Place]:
    """Every word as it stands, folded: what `whole_words` makes of it, quicker where it is plain English."""
    for match in WORD.finditer(text):
        written = match[0]
        folded = written.lower().replace("'", "") if written.isascii() else _folded(written)
        yield *match.span(), folded


def _folded(written: str) -> str:
    return next((str(token.text) for token in whole_words(written)), "")
