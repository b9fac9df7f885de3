"""Words: how a text is cut into them, and which of them count.

One analyzer serves the index, the query and the highlights, so that what is found is also what is marked.
"""

import re
from array import array
from collections.abc import Collection

from whoosh.analysis import STOP_WORDS as WHOOSH_STOP_WORDS
from whoosh.analysis import CharsetFilter, LowercaseFilter, RegexTokenizer, StemFilter, StopFilter
from whoosh.lang.porter2 import stem as porter
from whoosh.support.charset import accent_map

from supportdesk.faq.search.memory import remembered

WORD = re.compile(r"\w+(?:['’]\w+)*")
_FOLD = {**accent_map, **dict.fromkeys(map(ord, "'’ʼ"))}  # contraseña is contrasena, can't is cant.
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")  # A digit alone is a word; a letter alone is not.
STOP_WORDS = (WHOOSH_STOP_WORDS - {"tbd"}) | _LETTERS
# These help a little to rank, so they are indexed; but marking every "my" of a page helps nobody to read it.
FILLER = STOP_WORDS | frozenset(
    """am been did do does get got had has he help her here him his how im ive let me my need our please she so some
    than them there these they want was were what whats where which who why would""".split()  # noqa: SIM905
)


@remembered(50_000)
def stem(word: str) -> str:
    """Porter's second stemmer, for which logging is log.  Whoosh's own cache is not made for threads; this one is."""
    return str(porter(word))


whole_words = RegexTokenizer(WORD) | LowercaseFilter() | CharsetFilter(_FOLD) | StopFilter(None, minsize=1)
analyzer = whole_words | StopFilter(STOP_WORDS, minsize=1) | StemFilter(stem, cachesize=None)


@remembered(50_000)
def _word(written: str) -> str:
    """A word of a text, folded."""
    return next((token.text for token in whole_words(written)), "")


@remembered(50_000)
def _stem(written: str) -> str:
    """What the index holds of a word of a text; of a stop word nothing."""
    return next((token.text for token in analyzer(written)), "")


def words(text: str) -> list[str]:
    """Every word, folded but whole, stop words included."""
    return [word for written in WORD.findall(text) if (word := _word(written))]


def stems(text: str) -> list[str]:
    """What the index holds of a text, in order."""
    return [stem for written in WORD.findall(text) if (stem := _stem(written))]


def telling_stems(text: str) -> frozenset[str]:
    """What a text is about; empty for "how do I"."""
    return frozenset(stem(word) for word in words(text) if word not in FILLER)


def placed_stems(text: str, wanted: Collection[str]) -> list[tuple[int, int, str]]:
    """Those of the stems that are `wanted`, with where their words begin and end."""
    said, spans = _placed(text)
    return [(spans[2 * at], spans[2 * at + 1], stem) for at, stem in enumerate(said) if stem in wanted]


@remembered(4_000)
def _placed(text: str) -> tuple[tuple[str, ...], "array[int]"]:
    """The stems of a text in order, and for each where its word begins and ends: remembered for articles and titles."""
    said, spans = [], array("I")
    for match in WORD.finditer(text):
        if stem := _stem(match[0]):
            said.append(stem)
            spans.extend(match.span())
    return tuple(said), spans
