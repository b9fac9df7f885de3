"""What search remembers of the words it has seen, and how it is told not to.

Words of articles and of searches come again and again, so what was made of them is kept.  A patient's message must not
outlive their request in the memory of a process: whoever reads one does it `forgetting()`, and what was made of its
words is gone when they are done.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import Any, TypeVar

T = TypeVar("T")
Notes = dict[tuple[object, str], Any]
_notes: ContextVar[Notes | None] = ContextVar("notes", default=None)  # Of whoever is forgetting, until they are done.


@contextmanager
def forgetting() -> Iterator[None]:
    """Nothing that is read meanwhile is remembered afterwards."""
    before = _notes.set({})
    try:
        yield
    finally:
        _notes.reset(before)


def remembered(most: int) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """A function of a text whose last answers, `most` of them, are kept; unless we are `forgetting`."""

    def remember(work_out: Callable[[str], T]) -> Callable[[str], T]:
        recall = lru_cache(maxsize=most)(work_out)

        @wraps(work_out)  # Under its own name, as Whoosh writes the name of the stemmer into an index.
        def answer(text: str) -> T:
            notes = _notes.get()
            if notes is None:
                return recall(text)
            if (work_out, text) not in notes:
                notes[work_out, text] = work_out(text)
            found: T = notes[work_out, text]
            return found

        answer.cache_info = recall.cache_info  # type: ignore[attr-defined]
        answer.cache_clear = recall.cache_clear  # type: ignore[attr-defined]
        return answer

    return remember
