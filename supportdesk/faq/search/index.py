"""The Whoosh index of a library: built in memory, kept on disk for the next process.

Only Whoosh's schema, writer and reader are used.  Its query parser lets a stranger spend seconds with one
line, and its index on disk is locked and mapped; a new folder for each state of the content needs neither.
"""

import hashlib
import logging
import sys
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click
from whoosh.fields import ID, STORED, TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.filedb.structfile import BufferFile

from supportdesk.faq.articles import Article
from supportdesk.faq.library import Library
from supportdesk.faq.search import generations
from supportdesk.faq.search.analysis import analyzer, stems, words

_log = logging.getLogger("supportdesk.faq")

_TEXTS = ("title", "alt", "summary", "body")
_MANY = 200  # Articles; fewer are indexed before a bar could be seen.
_MOST_CHANGED = 0.2  # Of the articles, since the index was last built whole.
# Beyond limitmb, never reached, Whoosh spills to files, and it has none here.  Of one file for all, compound, it would
# hold every part a second time.
_WRITING = {"limitmb": 1024, "compound": False}


def open_reader(library: Library, folder: Path) -> Any:
    """A Whoosh reader over exactly this library: the index in `folder`, or a new one made from the last one there."""
    kept = generations.read(folder, library.digest)
    if kept:
        try:
            return _reader(kept)
        except Exception:  # noqa: BLE001  # Unpickling raises anything; another Whoosh may have written it.
            _log.warning("The search index %s cannot be opened; building it anew", library.digest[:12])
    files = _changed(library, folder) or build(library)
    try:
        if kept:
            generations.discard(folder, library.digest)
        generations.save(folder, library.digest, files)
    except OSError as error:
        _log.warning("The search index stays in memory; %s: %s", folder, error.strerror)
    return _reader(files)


def build(library: Library) -> dict[str, bytes]:
    """The files of a fresh index, optimized into one segment."""
    storage = _Memory()
    writer = storage.create_index(_schema()).writer(**_WRITING)
    with _with_a_bar(library.articles.values()) as articles:
        for article in articles:
            writer.add_document(**_document(library, article))
    writer.commit(optimize=True)
    return _files(storage)


def _with_a_bar(articles: Collection[Article]) -> AbstractContextManager[Iterable[Article]]:
    """On a terminal, where it takes a while."""
    is_hidden = len(articles) < _MANY or not sys.stderr.isatty()
    return click.progressbar(articles, label="Building the search index", file=sys.stderr, hidden=is_hidden)


def change(files: Mapping[str, bytes], library: Library) -> dict[str, bytes] | None:
    """The `files` of an index of other content made to hold this one; None where building anew is as quick."""
    storage = _storage(files)
    index = storage.open_index()
    held = {kept["slug"]: (number, kept["version"]) for number, kept in index.reader().iter_docs()}
    current = {slug: _version(library, article) for slug, article in library.articles.items()}
    gone = [number for slug, (number, version) in held.items() if current.get(slug) != version]
    come = [slug for slug, version in current.items() if slug not in held or held[slug][1] != version]
    ballast = index.doc_count_all() - index.doc_count() + len(gone)
    if max(ballast, len(come)) > _MOST_CHANGED * len(current):
        return None
    if gone or come:
        writer = index.writer(**_WRITING)
        for number in gone:
            writer.delete_document(number)
        for slug in come:
            writer.add_document(**_document(library, library.articles[slug]))
        writer.commit()  # Small segments are merged now and then; the large one stays as it is.
    return _files(storage)


def _changed(library: Library, folder: Path) -> dict[str, bytes] | None:
    last = generations.last(folder)
    try:
        return change(last, library) if last else None
    except Exception:  # noqa: BLE001  # As above; and one of ours from before the schema changed.
        return None


def _schema() -> Schema:
    """Texts are indexed, not stored: the library has them.  Positions are not needed either."""
    stemmed = TEXT(analyzer=analyzer, phrase=False)
    stored = dict.fromkeys(("version", "words", "lengths"), STORED)
    return Schema(slug=ID(stored=True, unique=True), **dict.fromkeys(_TEXTS, stemmed), **stored)


def _document(library: Library, article: Article) -> dict[str, Any]:
    """What the index holds of an article: its stems in each field; its words whole, for the spelling; and lengths."""
    texts = _texts(library, article)
    fields = {name: stems(text) for name, text in texts.items()}
    whole = sorted({word for text in texts.values() for word in words(text)})
    lengths = {name: len(said) for name, said in fields.items()}
    version = _version(library, article)
    return {"slug": article.slug, "version": version, "words": " ".join(whole), "lengths": lengths, **fields}


def _texts(library: Library, article: Article) -> dict[str, str]:
    said = article.title, "\n".join(article.also_asked_as), article.summary, library.text(article)
    return dict(zip(_TEXTS, said, strict=True))


def _version(library: Library, article: Article) -> bytes:
    """Another one for every change of what the index holds of the article."""
    return hashlib.blake2b("\0".join(_texts(library, article).values()).encode(), digest_size=16).digest()


def _reader(files: Mapping[str, bytes]) -> Any:
    return _storage(files).open_index().reader()


def _storage(files: Mapping[str, bytes]) -> "_Memory":
    storage = _Memory()
    storage.files = dict(files)
    return storage


def _files(storage: "_Memory") -> dict[str, bytes]:
    return {name: bytes(content) for name, content in storage.files.items()}


class _Memory(RamStorage):  # type: ignore[misc]  # Whoosh has no types.
    def temp_storage(self, name: str | None = None) -> RamStorage:  # noqa: ARG002
        """Whoosh would use one fixed name in /tmp, for every process and every user."""
        return RamStorage()

    def open_file(self, name: str, **kwargs: Any) -> BufferFile:
        """As Whoosh does, but without a copy of the whole file."""
        if name not in self.files:
            raise NameError(name)
        return BufferFile(self.files[name], name=name, **kwargs)
