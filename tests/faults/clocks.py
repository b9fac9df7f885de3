"""A desk of real processes whose clock a test can set."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.conftest import ROOT

FOLDER = Path(__file__).parent / "moved_clock"


class MovedClock:
    """`clock.environment` is for the processes; `clock.move(hours=-1)` sets all of them at once."""

    def __init__(self, file):
        self.file, self.wrong_by = file, timedelta()
        self.environment = {"MOVED_CLOCK": str(file), "PYTHONPATH": f"{FOLDER}:{ROOT}"}
        self._say()

    def move(self, **by):
        self.wrong_by += timedelta(**by)
        self._say()

    def set(self, moment):
        """It is `moment` now, whatever it was before."""
        self.wrong_by = moment - datetime.now(UTC)
        self._say()

    def _say(self):
        draft = self.file.with_suffix(".new")
        draft.write_text(str(self.wrong_by.total_seconds()), encoding="ascii")
        draft.replace(self.file)
