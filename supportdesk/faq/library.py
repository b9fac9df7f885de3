"""The help centre in memory: every article shown today, rendered once, and what is wrong with the rest."""

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from markupsafe import Markup

from supportdesk.faq import consistency, reading, source
from supportdesk.faq.articles import Article, ArticleError
from supportdesk.faq.aside import Aside
from supportdesk.faq.categories import Category
from supportdesk.faq.judging import reading as teaching
from supportdesk.faq.judging.lessons import Lessons, phrases
from supportdesk.faq.judging.reading import Taught
from supportdesk.faq.pages import Page

_log = logging.getLogger("supportdesk.faq")

_INDEX_VERSION = 4  # Raise it when faq/search analyses or stores anything else: every index is built anew.
_SECONDS_BETWEEN_LOOKS = 1.0
_SHARE_FOR_LOOKING = 0.1  # Of one processor, at most: very many files are looked at less often.
_SECONDS_BETWEEN_RETRIES = 60.0  # A file can be unreadable for a moment without having changed.


@dataclass(frozen=True, eq=False)
class Library:
    categories: tuple[Category, ...]  # In the order of categories.yaml, each with its articles in theirs.
    articles: Mapping[str, Article]  # By slug, in the same order.
    problems: tuple[str, ...]  # What an editor has to put right, each naming its file.
    synonyms: tuple[tuple[str, ...], ...]  # Groups of words that mean the same to our patients.
    digest: str  # Two libraries with the same one have the same search index.
    _pages: Mapping[str, Page]
    _aliases: Mapping[str, str]
    read: Mapping[str, reading.File] = field(default_factory=dict)  # Every good file, for the next library.
    lessons: Lessons = field(default_factory=Lessons)  # What guidance learns from.
    taught: Taught | None = None  # The part of that which stands in files of its own, for the next library.

    def says_as(self, other: "Library") -> bool:
        """Whether nothing is different from the `other`, so that all that was made of that one serves still."""
        names = "read", "problems", "digest", "categories", "synonyms", "lessons"
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def find(self, slug: str) -> Article | None:
        return self.articles.get(slug)

    def resolve_alias(self, slug: str) -> str | None:
        """The slug of the article that was once called `slug`."""
        return self._aliases.get(slug)

    def for_topic(self, topic: str) -> Article | None:
        """The clinic fallback of a topic of the clinic's; None for a topic of the desk's."""
        return next((article for article in self.of_clinics if topic in article.topics), None)

    @cached_property
    def of_clinics(self) -> tuple[Article, ...]:
        """What only a clinic can answer, in reading order."""
        return tuple(article for article in self.articles.values() if article.clinic)

    def related(self, article: Article) -> tuple[Article, ...]:
        return tuple(self.articles[slug] for slug in article.related if slug in self.articles)

    def category_of(self, article: Article) -> Category:
        return next(category for category in self.categories if category.folder == article.category)

    def page(self, slug: str) -> Page:
        """Of an article that is shown."""
        return self._pages[slug]

    def html(self, article: Article) -> Markup:
        return self._pages[article.slug].html

    def text(self, article: Article) -> str:
        """The words of its page, a line for each paragraph."""
        return self._pages[article.slug].text


def load(
    folder: Path,
    last_good: Path | None,
    today: date,
    former: Library | None = None,
    content: Path | None = None,
) -> Library:
    """Read `folder`; where a file is broken, its copy in `last_good` serves and the problem is named.

    A file that is as it was for the `former` library is not read again.  Safety cards and examples stand in `content`.
    Raises ArticleError when there is neither content nor a copy of it.
    """
    contents = reading.read(folder, last_good, former.read if former else None)
    pages = _in_reading_order(contents.categories, contents.pages)
    shown: dict[str, Page] = {}
    for page in pages:
        if page.article.is_shown(today):
            shown.setdefault(page.article.slug, page)
    articles = {slug: page.article for slug, page in shown.items()}
    copies = last_good.with_name(f"{last_good.name}-guidance") if last_good else None
    taught = teaching.read(content, copies, former.taught if former else None)
    return Library(
        categories=tuple(_filled(category, articles.values()) for category in contents.categories),
        articles=MappingProxyType(articles),
        problems=(*contents.problems, *consistency.problems(pages, contents.files), *taught.problems),
        synonyms=contents.synonyms,
        digest=_digest(shown.values()),
        _pages=shown,
        _aliases=consistency.aliases(pages, shown),
        read=contents.read,
        lessons=_lessons(taught.lessons, articles.values()),
        taught=taught,
    )


def _lessons(taught: Lessons, articles: Collection[Article]) -> Lessons:
    """With how people ask for the articles, and what only sounds as if they asked for one."""
    counters = tuple(phrase for article in articles for phrase in article.not_asked_as)
    return replace(taught, examples=(*taught.examples, *phrases(articles)), counter_phrases=counters)


def _in_reading_order(shelves: Iterable[Category], pages: Iterable[Page]) -> list[Page]:
    place = {category.folder: number for number, category in enumerate(shelves)}
    known = [page for page in pages if page.article.category in place]
    return sorted(known, key=lambda p: (place[p.article.category], p.article.order, p.article.slug))


def _filled(category: Category, articles: Iterable[Article]) -> Category:
    return replace(category, articles=tuple(a for a in articles if a.category == category.folder))


def _digest(pages: Iterable[Page]) -> str:
    """Over what the index holds, in the order in which it breaks ties."""
    said = [
        (page.article.slug, page.article.title, page.article.summary, page.article.also_asked_as, page.text)
        for page in pages
    ]
    return hashlib.sha256(json.dumps([_INDEX_VERSION, said]).encode()).hexdigest()


class Shelf:
    """The current `Library` of a process, looked after at most once a second and replaced as a whole.

    The next one is read beside the requests, which go on with the library they know after a moment of `patience`.
    """

    def __init__(
        self,
        folder: Path,
        last_good: Path | None,
        today: Callable[[], date],  # Where the desk is.
        seconds: Callable[[], float] = time.monotonic,
        patience: float = 0.02,
        *,
        content: Path | None = None,
    ) -> None:
        self.patience = patience
        self._folder = folder
        self._content = content  # The folder above, with safety cards and examples; ours where there is none.
        self._last_good = last_good
        self._today = today
        self._seconds = seconds
        self._first = threading.Lock()
        self._looking = Aside(self._look, patience)
        self._library: Library | None = None
        self._seen: tuple[source.Signature, source.Signature, date, int] | None = None
        self._reported: tuple[str, ...] = ()
        self._is_cut_off = False
        self._next_look = 0.0

    @property
    def problems(self) -> tuple[str, ...]:
        """What was wrong with the files at the last look."""
        return self._reported

    @property
    def is_cut_off(self) -> bool:
        """Whether not one article in the folder could be read: what is shown is what was read before."""
        return self._is_cut_off

    def current(self) -> Library:
        """Raises ArticleError only where nothing was ever loaded and nothing can be."""
        library = self._library
        if library is None:
            with self._first:
                return self._library or self._look()
        if self._seconds() >= self._next_look:
            self._looking.begin()
        return self._library or library

    def _look(self) -> Library:
        """Load the folder again if it, or the day, is not as it was."""
        moment, begun = self._seconds(), time.thread_time()
        tries = int(moment // _SECONDS_BETWEEN_RETRIES) if self._reported else 0
        seen = source.signature(self._folder), teaching.signature(self._content), self._today(), tries
        took = time.thread_time() - begun
        self._next_look = moment + max(_SECONDS_BETWEEN_LOOKS, took / _SHARE_FOR_LOOKING)
        if self._library is None or seen != self._seen:
            self._library = self._loaded(seen[2])
            self._seen = seen
        return self._library

    def _loaded(self, today: date) -> Library:
        try:
            library = load(self._folder, self._last_good, today, self._library, self._content)
        except ArticleError as error:
            if self._library is None:
                raise
            self._is_cut_off = True
            self._report((str(error),))
            return self._library
        self._is_cut_off = not library.read
        self._report(library.problems)
        return self._library if self._library and library.says_as(self._library) else library

    def _report(self, problems: tuple[str, ...]) -> None:
        if problems != self._reported:
            for problem in problems:
                _log.warning("%s", problem)
        self._reported = problems
