"""One pass over a content folder: the good files, copies in place of the broken ones, and what was wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from supportdesk.faq import categories, source
from supportdesk.faq.articles import ArticleError
from supportdesk.faq.categories import Category
from supportdesk.faq.copies import Copies
from supportdesk.faq.pages import Page, render


@dataclass(frozen=True, slots=True)
class File:
    """A good file as it was read, and how to see that it is another one now."""

    stamp: source.Stamp
    page: Page


@dataclass(frozen=True, slots=True)
class Contents:
    categories: tuple[Category, ...]
    pages: tuple[Page, ...]
    files: tuple[str, ...]
    synonyms: tuple[tuple[str, ...], ...]
    problems: tuple[str, ...]
    read: Mapping[str, File]


def read(folder: Path, last_good: Path | None, former: Mapping[str, File] | None = None) -> Contents:
    """What stands in `folder`; files that are as in `former` are taken from there.

    Raises ArticleError when there is neither content nor a copy of it.
    """
    return _Reading(folder, Copies(last_good), former or {}).contents()


class _Reading:
    def __init__(self, folder: Path, copies: Copies, former: Mapping[str, File]) -> None:
        self._folder = folder
        self._copies = copies
        self._before = former
        self._read: dict[str, File] = {}
        self._good: dict[str, str] = {}
        self._problems: list[str] = []

    def contents(self) -> Contents:
        try:
            names = self._names()
        except ArticleError as error:
            return self._everything_from_copies(error)
        shelves = self._categories()
        folders = {category.folder for category in shelves}
        found = [self._page(name, folders) for name in names]
        self._copies.keep(self._good, names)
        synonyms = self._synonyms()
        return Contents(
            shelves, tuple(page for page in found if page), names, synonyms, tuple(self._problems), self._read
        )

    def _names(self) -> tuple[str, ...]:
        try:
            names = source.listed(self._folder)
        except OSError as error:
            raise ArticleError(str(self._folder), f"cannot be read: {error.strerror}") from None
        if not names or not (self._folder / categories.FILE).exists():
            raise ArticleError(str(self._folder), "the articles are gone; put the content folder back")
        return names

    def _everything_from_copies(self, error: ArticleError) -> Contents:
        """A folder that vanished is an accident, not the wish to have no help centre."""
        shelves = self._former_categories(error)
        names = self._copies.names()
        found = [self._former(name) for name in names]
        return Contents(shelves, tuple(page for page in found if page), names, (), (str(error),), {})

    def _categories(self) -> tuple[Category, ...]:
        try:
            text = source.read(self._folder, categories.FILE)
            found = categories.parse(text)
        except ArticleError as error:
            self._problems.append(str(error))
            return self._former_categories(error)
        self._good[categories.FILE] = text
        return found

    def _synonyms(self) -> tuple[tuple[str, ...], ...]:
        """The file is a help and no more: without it, or with a broken one, the search goes on."""
        if not (self._folder / source.SYNONYMS).exists():
            return ()
        try:
            text = source.read(self._folder, source.SYNONYMS)
        except ArticleError as error:
            self._problems.append(str(error))
            return ()
        groups = (line.split(",") for line in text.splitlines() if line.strip() and not line.startswith("#"))
        return tuple(tuple(entry.strip() for entry in group if entry.strip()) for group in groups)

    def _page(self, name: str, folders: set[str]) -> Page | None:
        if name.rpartition("/")[0] not in folders:
            self._problems.append(f"{name}: put it into a folder that {categories.FILE} names")
            return None
        stamp, before = source.stamp(self._folder, name), self._before.get(name)
        if before and before.stamp == stamp:
            self._read[name] = before
            return before.page
        try:
            text = source.read(self._folder, name)
            page = render(name, text)
        except ArticleError as error:
            self._problems.append(str(error))
            return self._former(name)
        self._good[name] = text
        self._read[name] = File(stamp, page)
        return page

    def _former(self, name: str) -> Page | None:
        text = self._copies.recall(name)
        try:
            return None if text is None else render(name, text)
        except ArticleError:
            return None

    def _former_categories(self, error: ArticleError) -> tuple[Category, ...]:
        text = self._copies.recall(categories.FILE)
        try:
            return categories.parse(text or "")
        except ArticleError:
            raise error from None
