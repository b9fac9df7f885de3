"""Which searches may ever be kept in words: only those that name nobody, not even by accident.  Pure."""

import unicodedata
from collections.abc import Callable, Iterable

from supportdesk.faq.search.analysis import words

MOST_WORDS = 10  # A longer search tells a story, and five people do not tell the same one.


def keepable(query: str, is_ordinary: Callable[[str], bool], meant: str | None = None) -> str | None:
    """The words of a search as two people's same words are the same; None where they might say who asked.

    A word that is not ordinary may be a name.  Better a hundred searches too few are kept than one name.  Where the
    search was `meant` otherwise, it is those words that are kept.
    """
    folded = words(meant or query)
    if not folded or len(folded) > MOST_WORDS or _holds_digit_or_address(query) or _holds_capital(query.split()):
        return None
    return " ".join(folded) if all(is_ordinary(word) for word in folded) else None


def _holds_digit_or_address(query: str) -> bool:
    text = unicodedata.normalize("NFKC", query)  # Full-width signs are read like any others.
    return "@" in text or any(character.isnumeric() for character in text)


def _holds_capital(typed: Iterable[str]) -> bool:
    """Whether any word but the first begins with a capital as names do: “call Rose”, but not “when can I call”."""
    _first, *others = typed
    return any(word[:1].isupper() and word[1:].islower() for word in others if word[1:2] not in {"'", "’"})
