"""Words: how a text is cut into them, and which of them count.

One analyzer serves the index, the query and the highlights, so that what is found is also what is marked.
"""

from collections.abc import Iterator
from functools import lru_cache

from whoosh.analysis import STOP_WORDS as WHOOSH_STOP_WORDS
from whoosh.analysis import CharsetFilter, LowercaseFilter, RegexTokenizer, StemFilter, StopFilter
from whoosh.lang.porter2 import stem as porter
from whoosh.support.charset import accent_map

_WORD = r"\w+(?:['’]\w+)*"
_FOLD = {**accent_map, **dict.fromkeys(map(ord, "'’ʼ"))}  # contraseña is contrasena, can't is cant.
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")  # A digit alone is a word; a letter alone is not.
STOP_WORDS = (WHOOSH_STOP_WORDS - {"tbd"}) | _LETTERS
# These help a little to rank, so they are indexed; but marking every "my" of a page helps nobody to read it.
FILLER = STOP_WORDS | frozenset(
    """am been did do does get got had has he help her here him his how im ive let me my need our please she so some
    than them there these they want was were what whats where which who why would""".split()  # noqa: SIM905
)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Porter's second stemmer, for which logging is log.  Whoosh's own cache is not made for threads; this one is."""
    return str(porter(word))


whole_words = RegexTokenizer(_WORD) | LowercaseFilter() | CharsetFilter(_FOLD) | StopFilter(None, minsize=1)
analyzer = whole_words | StopFilter(STOP_WORDS, minsize=1) | StemFilter(stem, cachesize=None)


def words(text: str) -> list[str]:
    """Every word, folded but whole, stop words included."""
    return [token.text for token in whole_words(text)]


def stems(text: str) -> list[str]:
    """What the index holds of a text, in order."""
    return [token.text for token in analyzer(text)]


def telling_stems(text: str) -> frozenset[str]:
    """What a text is about; empty for "how do I"."""
    return frozenset(stem(word) for word in words(text) if word not in FILLER)


@lru_cache(maxsize=1_000)
def placed_stems(text: str) -> tuple[tuple[int, int, str], ...]:
    """The stems with where their words begin and end, remembered for the texts of articles."""
    return tuple(_placed(text))


def _placed(text: str) -> Iterator[tuple[int, int, str]]:
    for token in analyzer(text, chars=True):
        yield token.startchar, token.endchar, token.text
