"""Work done beside the requests: who asks for it waits a moment, and then goes on with what there is."""

import threading
from collections.abc import Callable


class Aside:
    """One piece of work, done by one thread at a time."""

    def __init__(self, work: Callable[[], object], patience: float) -> None:
        self._work = work
        self._patience = patience  # Seconds.
        self._busy = threading.Lock()

    def begin(self) -> None:
        """Have it done, unless that is going on already; it mostly is done when this returns."""
        if self._busy.acquire(blocking=False):
            thread = threading.Thread(target=self._run, daemon=True)
            thread.start()
            thread.join(self._patience)

    def _run(self) -> None:
        try:
            self._work()
        finally:
            self._busy.release()
