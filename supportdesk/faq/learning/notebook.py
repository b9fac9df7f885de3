"""What a process has noted about searches and not yet written: kept in memory, written a little later by a thread.

So no page ever waits for the database, and a database that is locked or gone costs counts, never a page.
"""

import atexit
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from supportdesk.faq.aside import start
from supportdesk.faq.learning.models import Counted

_MOST_ASKINGS = 500  # In memory at a time; the searches beyond are counted without a look at their words.
_MOST_VOTES = 500  # The same; votes beyond are not counted at all, as nobody could tell whether they came twice.

Tally = tuple[date, Counted, str]  # The day, what was counted, and its detail.


@dataclass(frozen=True, slots=True, order=True, repr=False)
class Asking:
    """A search without an answer, whose words may be kept once enough visitors asked the same."""

    words: str
    visitor: str


@dataclass(frozen=True, slots=True, order=True, repr=False)
class Vote:
    """Somebody on one article; what they said stands beside it, so that a visitor says one thing."""

    slug: str
    visitor: str


@dataclass(slots=True, repr=False)
class Notes:
    counts: Counter[Tally] = field(default_factory=Counter)
    askings: set[Asking] = field(default_factory=set)
    votes: dict[Vote, bool] = field(default_factory=dict)  # Whether it helped.


class Notebook:
    """Safe to share between threads; the writing thread begins with the first note."""

    def __init__(self, seconds: float, today: Callable[[], date], write: Callable[[Notes, date], None]) -> None:
        self._seconds = seconds
        self._today = today
        self._write = write
        self._lock = threading.Lock()
        self._notes = Notes()
        self._has_writer = False
        self._closed = threading.Event()
        self._written_on: date | None = None

    def note(self, what: Counted, detail: str = "", asking: Asking | None = None) -> None:
        with self._lock:
            self._notes.counts[self._today(), what, detail] += 1
            if asking and len(self._notes.askings) < _MOST_ASKINGS:
                self._notes.askings.add(asking)
            self._begin()

    def note_vote(self, vote: Vote, *, helped: bool) -> None:
        with self._lock:
            if len(self._notes.votes) < _MOST_VOTES:
                self._notes.votes.setdefault(vote, helped)
            self._begin()

    def write(self) -> None:
        """Write what was noted.  On a new day even where that is nothing: what must not outlive a day is deleted."""
        today = self._today()
        with self._lock:
            notes, self._notes = self._notes, Notes()
            is_new_day = today != self._written_on
            self._written_on = today
        if notes.counts or notes.votes or is_new_day:
            self._write(notes, today)

    def _begin(self) -> None:
        if not self._has_writer and start(self._keep_writing):
            atexit.register(self.close)

    def close(self) -> None:
        """Write for the last time, as at the end of a process."""
        self._closed.set()
        atexit.unregister(self.close)
        self.write()

    def _keep_writing(self) -> None:
        with self._lock:
            if self._has_writer:  # Two notes came before the first thread did.
                return
            self._has_writer = True
        while not self._closed.wait(self._seconds):
            self.write()
