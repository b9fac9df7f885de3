"""The Whoosh index of a library: built in memory, kept on disk for the next process.

Only Whoosh's schema, writer and reader are used.  Its query parser lets a stranger spend seconds with one
line, and its index on disk is locked and mapped; a new folder for each state of the content needs neither.
"""

import logging
from pathlib import Path
from typing import Any

from whoosh.fields import ID, TEXT, Schema
from whoosh.filedb.filestore import RamStorage

from supportdesk.faq.library import Library
from supportdesk.faq.search import generations
from supportdesk.faq.search.analysis import analyzer, whole_words
from supportdesk.faq.search.ranking import WHOLE_WORDS

_log = logging.getLogger("supportdesk.faq")

_MEGABYTES_WHILE_BUILDING = 1024  # Never reached: beyond it Whoosh spills to files, and it has none here.


def open_reader(library: Library, folder: Path) -> Any:
    """A Whoosh reader over exactly this library: the index in `folder` when it is whole, else a new one."""
    kept = generations.read(folder, library.digest)
    if kept:
        try:
            return _reader(kept)
        except Exception:  # noqa: BLE001  # Unpickling raises anything; another Whoosh may have written it.
            _log.warning("The search index %s cannot be opened; building it anew", library.digest[:12])
    files = build(library)
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
    writer = storage.create_index(_schema()).writer(limitmb=_MEGABYTES_WHILE_BUILDING)
    for article in library.articles.values():
        writer.add_document(
            slug=article.slug,
            title=article.title,
            alt="\n".join(article.also_asked_as),
            summary=article.summary,
            body=library.text(article),
            **{WHOLE_WORDS: "\n".join((article.title, *article.also_asked_as, article.summary, library.text(article)))},
        )
    writer.commit(optimize=True)
    return {name: bytes(content) for name, content in storage.files.items()}


def _schema() -> Schema:
    """Texts are indexed, not stored: the library has them.  Positions are not needed either."""
    text = TEXT(analyzer=analyzer, phrase=False)
    whole = TEXT(analyzer=whole_words, phrase=False)
    fields = {"title": text, "alt": text, "summary": text, "body": text, WHOLE_WORDS: whole}
    return Schema(slug=ID(stored=True, unique=True), **fields)


def _reader(files: dict[str, bytes]) -> Any:
    storage = RamStorage()
    storage.files = files
    return storage.open_index().reader()


class _Memory(RamStorage):  # type: ignore[misc]  # Whoosh has no types.
    def temp_storage(self, name: str | None = None) -> RamStorage:  # noqa: ARG002
        """Whoosh would use one fixed name in /tmp, for every process and every user."""
        return RamStorage()
