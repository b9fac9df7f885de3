"""The search of a process: the next index is opened beside the requests, which go on with the last."""

import threading
from collections.abc import Callable
from copy import copy
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from supportdesk.faq.aside import Aside
from supportdesk.faq.library import Library, Shelf
from supportdesk.faq.search.answering import SearchIndex
from supportdesk.faq.search.meaning import Model, no_model

if TYPE_CHECKING:  # It stands on the search; the search only carries it.
    from supportdesk.faq.judging.judge import Judge


class Searcher:
    """The `SearchIndex` of a process; the next one is opened beside the requests, which go on with the last."""

    def __init__(
        self,
        shelf: Shelf,
        folder: Path,
        load_model: Callable[[Path], Model | None] = no_model,
        judge: Callable[[Library], "Judge"] | None = None,
    ) -> None:
        self._shelf = shelf
        self._folder = folder
        self._load_model = partial(load_model, folder / "model")
        self._judge = judge
        self._first = threading.Lock()
        self._opening = Aside(self._opened, shelf.patience)
        self._index: SearchIndex | None = None

    def current(self) -> SearchIndex:
        index = self._index
        if index is None:
            with self._first:
                return self._index or self._opened()
        if index.library is not self._shelf.current():
            self._opening.begin()
        return self._index or index

    def without_guidance(self) -> SearchIndex:
        """For a command that asks no advice: what guidance takes seconds to learn need not be there."""
        return self._index or SearchIndex.open(self._shelf.current(), self._folder, self._load_model())

    def _opened(self) -> SearchIndex:
        library, former = self._shelf.current(), self._index
        if former and library is former.library:
            return former
        if former and library.digest == former.library.digest:
            index = SearchIndex(library, former.ranking, former.meaning, former.english, former)
        else:
            index = SearchIndex.open(library, self._folder, self._load_model(), former)
        if former and former.judge:  # What changed is found at once; guidance takes seconds to learn of it.
            index.judge = former.judge
            self._index = index
        self._index = self._judged(index)
        return self._index

    def _judged(self, index: SearchIndex) -> SearchIndex:
        """An index of its own, as pages keep what they made of the other."""
        knows_all = index.judge and index.judge.lessons.digest == index.library.lessons.digest
        if knows_all or not self._judge:
            return index
        judged = copy(index)
        judged.judge = self._judge(index.library)
        return judged
