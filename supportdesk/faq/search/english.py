"""Words of English that are spelled rightly, whether or not an article holds them: no slip of another word.

The lists come with zxcvbn, which needs them for passwords.  Read, they take fourteen megabytes; kept as hashes, beside
the index, they take a third of one.
"""

import hashlib
from array import array
from bisect import bisect_left
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from supportdesk.faq.search import generations

_FILE = "words"
_FORMAT = 1  # Raise it when another selection is kept.
_OF_LIST = {"english_wikipedia": 30_000, "us_tv_and_film": 8_000}  # Further down the latter has slips of its own.


class English:
    def __init__(self, hashes: bytes = b"") -> None:
        self._hashes = array("Q")
        self._hashes.frombytes(hashes)

    def __contains__(self, word: str) -> bool:
        key = _hash(word)
        place = bisect_left(self._hashes, key)
        return place < len(self._hashes) and self._hashes[place] == key

    @classmethod
    def open(cls, folder: Path) -> "English":
        """As it is kept in `folder`; from the lists, and kept there, where it is missing or damaged."""
        digest = hashlib.sha256(f"{_FORMAT} {version('zxcvbn')}".encode()).hexdigest()
        if kept := generations.read(folder, digest):
            return cls(kept[_FILE])
        hashes = _listed()
        with suppress(OSError):  # The index beside it can't be kept either, and says so.
            generations.save(folder, digest, {_FILE: hashes})
        return cls(hashes)


def _listed() -> bytes:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415  Only where nobody has read them before.

    words = {word for name, most in _OF_LIST.items() for word in FREQUENCY_LISTS[name][:most]}
    return array("Q", sorted(map(_hash, words))).tobytes()


def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(errors="surrogatepass"), digest_size=8).digest(), "big")
