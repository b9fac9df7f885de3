"""Python runs this before anything else where its folder is on PYTHONPATH: the process's clock can be set from outside.

The file that MOVED_CLOCK names says by how many seconds it is wrong, and may say something else at any time.  Time that
is waited (a sleep, a time-out) passes as ever, as it does when an operator or NTP sets a machine's clock.
"""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

_FILE = Path(os.environ["MOVED_CLOCK"])
_LOOK_EVERY = 0.05  # Seconds.


class _Clock:
    def __init__(self):
        self.wrong_by, self.moved = 0.0, None
        self.look()
        self.watch()
        os.register_at_fork(after_in_child=self.watch)  # Threads do not come along.

    def watch(self):
        threading.Thread(target=self._keep_looking, daemon=True).start()

    def _keep_looking(self):
        while True:
            time.sleep(_LOOK_EVERY)
            self.look()

    def look(self):
        said = float(_FILE.read_text(encoding="ascii") or self.wrong_by)
        if self.moved is None:
            wanted = datetime.now(UTC) + timedelta(seconds=said)
            self.moved = time_machine.travel(wanted, tick=True).start()
        elif said != self.wrong_by:
            self.moved.shift(said - self.wrong_by)
        self.wrong_by = said


_clock = _Clock()
