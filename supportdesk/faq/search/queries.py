"""What a person typed, made fit to search, show and hand on.  Pure."""

import unicodedata

LONGEST = 2_000  # Characters.  Most ask in a few words; some paste the whole message they were about to send.
MOST_WORDS = 128
MOST_MENDED = 32  # Of them; with so many, a slip in one of the others changes little.
TALK = 20  # Words; who writes more tells a story, and only what it is about should rank.

_CONTROLS = dict.fromkeys((*range(32), 127), " ")
_DROPPED = {"Cs", "Cn", "Co"}  # Lone surrogates cannot be stored or sent; unassigned ones mean nothing.


def clean(query: str) -> str:
    """One line of at most LONGEST characters, accents composed, without control characters."""
    query = query[: 4 * LONGEST]
    if query.isascii():  # As nearly all are.
        return " ".join(query.translate(_CONTROLS).split())[:LONGEST].strip()
    text = "".join(map(_plain, query))
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    return text[:LONGEST].strip()


def _plain(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Cc":
        return " "
    return "" if kind in _DROPPED else character
