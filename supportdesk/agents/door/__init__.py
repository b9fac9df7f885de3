"""The door: who is trying to come in, and how long somebody who failed has to wait.  Pure.

A wait belongs to a place and a name together, so a stranger who guesses makes nobody wait but themselves.  A browser
in which the agent was signed in before is known by a cookie and is counted by itself, whatever goes on elsewhere.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Visit:
    """Who stands at the door, as far as can be seen."""

    place: str  # Keyed hash of the network address.
    browser: str  # “Firefox on Windows”.
    device: str  # A random name that the browser keeps; new where it had none.


@dataclass(frozen=True)
class Limit:
    """So many failures cost nothing; each one after them doubles the wait."""

    free: int
    longest: timedelta
    forgotten_after: timedelta
    first_wait: timedelta = timedelta(seconds=30)

    def wait(self, failures: int) -> timedelta:
        """How long nothing is looked at after so many failures."""
        if failures < self.free:
            return timedelta(0)
        doublings = min(failures - self.free, 20)
        return min(self.first_wait * (1 << doublings), self.longest)

    def are_forgotten(self, last_at: datetime, now: datetime) -> bool:
        return now >= last_at + self.forgotten_after


OF_NAME_AND_PLACE = Limit(free=5, longest=timedelta(hours=1), forgotten_after=timedelta(days=1))
OF_PLACE = Limit(free=30, longest=timedelta(minutes=5), forgotten_after=timedelta(hours=1))
OF_DEVICE = OF_NAME_AND_PLACE
OF_CODES = Limit(free=20, longest=timedelta(hours=1), forgotten_after=timedelta(days=1))  # Who knows the password.

CODE_TRIES = 5  # Wrong codes; then the password is asked again.
CODE_TIME = timedelta(minutes=10)  # Between the password and the code.

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone|iPad", "iOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """Enough to tell one's own browsers apart: “Firefox on Windows”."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if re.search(mark, user_agent)), "")
    return f"{browser} on {system}" if system else browser
