"""Work done beside the requests: who asks for it waits a moment, and then goes on with what there is."""

import _thread
import threading
from collections.abc import Callable
from functools import partial


def start(work: Callable[[], object]) -> bool:
    """Have it done by a thread of its own; False where there is no memory for one.

    Where memory is short a thread may also die as it is born, and `Thread.start` waits for such a one for ever.
    """
    try:
        _thread.start_new_thread(work, ())
    except (RuntimeError, MemoryError):
        return False
    return True


class Aside:
    """One piece of work, done by one thread at a time."""

    def __init__(self, work: Callable[[], object], patience: float) -> None:
        self._work = work
        self._patience = patience  # Seconds.
        self._busy = threading.Lock()  # Held by who works: one that never came to it keeps nobody from trying again.

    def begin(self) -> None:
        """Have it done, unless that is going on already; it mostly is done when this returns."""
        if not self._busy.locked():
            done = threading.Event()
            if start(partial(self._run, done)):
                done.wait(self._patience)

    def _run(self, done: threading.Event) -> None:
        try:
            if self._busy.acquire(blocking=False):
                try:
                    self._work()
                finally:
                    self._busy.release()
        finally:
            done.set()
