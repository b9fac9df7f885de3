"""Ordinary words, from content/faq/ordinary-words.txt: spelled rightly and nobody's name, in an article or not."""

from functools import cache
from pathlib import Path

from supportdesk.faq.search.analysis import words

FILE = "ordinary-words.txt"


@cache
def ordinary_words(folder: Path) -> frozenset[str]:
    """The words of the list in `folder`, without its # comments; none where it can't be read."""
    try:
        lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):  # Without the list fewer searches are kept and more words corrected; no page fails.
        return frozenset()
    return frozenset(word for line in lines for word in words(line.partition("#")[0]))
