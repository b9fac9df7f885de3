"""Meaning, where words differ: how near each article is to a question, by a sentence-embedding model.

Optional: without the packages of requirements/semantic.txt the search ranks by words alone, and the log says so.
Each article's vectors are kept on disk by what the article says, so that a change of one costs only that one.
"""

import hashlib
import io
import logging
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from supportdesk import clock
from supportdesk.faq.articles import Article
from supportdesk.faq.library import Library
from supportdesk.faq.search.memory import remembered

_log = logging.getLogger("supportdesk.faq")

_REMEMBERED = 1_000  # Questions; people ask the same ones.
_PASSAGE = 60  # Words; the model reads twice as many pieces.
_UNUSED = 30 * 86_400.0  # Seconds.


class Model(Protocol):
    name: str  # Of its own for every way of making vectors.

    def encode(self, texts: Sequence[str]) -> Any: ...

    def knows(self, word: str) -> bool: ...


@cache
def model(kept: Path) -> Model | None:
    """The model of this process, loaded once; None where its packages are not installed, or not what they should be.

    What it is made into for this machine is `kept` in that folder.
    """
    try:
        from supportdesk.faq.search import minilm  # noqa: PLC0415  The one import that may fail: the extra.

        loaded = minilm.MiniLM(kept)
    except ImportError:
        _log.info("Search by meaning is off: ./desk run --with semantic turns it on.")
        return None
    except (minilm.WrongWeights, OSError) as error:
        _log.warning("Search by meaning is off: %s", error)
        return None
    _log.info("Search by meaning is on.")
    return loaded


def no_model(_kept: Path) -> None:
    """Where the setting says so."""


class Meaning:
    """The vectors of one library's articles."""

    def __init__(self, model: Model, library: Library, folder: Path) -> None:
        import numpy as np  # noqa: PLC0415  With the model only.

        self._model = model
        self._np = np
        self._slugs = tuple(library.articles)
        vectors = [self._of(library, article, folder) for article in library.articles.values()]
        self._vectors = np.concatenate(vectors)
        lengths = [len(rows) for rows in vectors]
        self._starts = np.cumsum([0, *lengths[:-1]])
        sums = np.add.reduceat(self._vectors, self._starts)
        self._centres = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        self._vector = remembered(_REMEMBERED)(lambda question: model.encode([question])[0])
        _prune(folder)

    def nearness(self, question: str) -> Mapping[str, float]:
        """For each article, the cosine between the question and what is nearest to it in the article; at most 1."""
        return self._by_slug(self._nearest(question))

    def likeness(self, question: str) -> Mapping[str, float]:
        """For each article, the mean of that and of the cosine with the article as a whole: what ranks best."""
        return self._by_slug((self._nearest(question) + self._centres @ self._vector(question)) / 2)

    def knows(self, word: str) -> bool:
        """Whether the model learned the word as a whole, so that it is hardly a slip of another."""
        return self._model.knows(word)

    def _nearest(self, question: str) -> Any:
        return self._np.maximum.reduceat(self._vectors @ self._vector(question), self._starts)

    def _by_slug(self, cosines: Any) -> Mapping[str, float]:
        return dict(zip(self._slugs, cosines.tolist(), strict=True))

    def _of(self, library: Library, article: Article, folder: Path) -> Any:
        texts = list(_texts(library, article))
        path = folder / f"{hashlib.sha256(chr(0).join([self._model.name, *texts]).encode()).hexdigest()}.npy"
        try:
            kept = self._np.load(path, allow_pickle=False)
            if kept.shape[0] == len(texts):
                os.utime(path)  # In use, so not to be pruned.
                return kept
        except (OSError, ValueError):
            pass
        vectors = self._model.encode(texts)
        self._keep(path, vectors)
        return vectors

    def _keep(self, path: Path, vectors: Any) -> None:
        content = io.BytesIO()
        self._np.save(content, vectors, allow_pickle=False)
        draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content.getbuffer())
            draft.replace(path)
        except OSError as error:
            _log.warning("The vectors of an article stay in memory; %s: %s", path.parent, error.strerror)


def _prune(folder: Path) -> None:
    """Delete the vectors of what no article has said for a month."""
    long_ago = clock.now().timestamp() - _UNUSED
    with suppress(OSError):  # Another process is pruning too, or the folder can only be read.
        for path in folder.iterdir():
            if path.stat().st_mtime < long_ago:
                path.unlink()


def _texts(library: Library, article: Article) -> Iterator[str]:
    """What an article says, in pieces the model can read: title, phrases, summary, passages."""
    yield article.title
    yield from article.also_asked_as
    yield article.summary
    words = library.text(article).split()
    for start in range(0, len(words), _PASSAGE):
        yield f"{article.title}. {' '.join(words[start : start + _PASSAGE])}"
