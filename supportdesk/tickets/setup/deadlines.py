"""What the page about deadlines says: targets, hours, closures to the end of next year, where each is set.  Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from supportdesk.holidays import HolidayCalendar, Window
from supportdesk.hours import BusinessHours
from supportdesk.opening import HOLIDAY_NAMES
from supportdesk.tickets.clocks.policy import Policy, Target
from supportdesk.tickets.models import Priority
from supportdesk.tickets.setup.reading import DAYS
from supportdesk.tickets.topics import Topic

_BY_LAW = "A federal holiday"
_BY_US = "Named in HOLIDAYS"


@dataclass(frozen=True)
class Told:
    """A setting: what it says now, who says so, and how the lines would read that change it."""

    name: str
    says: str
    where: str
    example: str
    what: str  # The example is for.

    @property
    def in_file(self) -> str:
        return f'{self.name.lower()} = "{self.example}"'

    @property
    def in_environment(self) -> str:
        return f'SUPPORTDESK_{self.name}="{self.example}"'


@dataclass(frozen=True)
class SpecialDay:
    day: date
    what: str  # Closed, or the hours it has.
    why: str
    where: str


def settings(config: Mapping[str, object], today: date) -> list[Told]:
    """Each setting that decides about a deadline, and a change of it that could be the next one."""
    eve = date(today.year, 12, 24)
    eve = eve if eve > today else date(today.year + 1, 12, 24)
    holidays = str(config["HOLIDAYS"])
    with_eve = f"{eve} 07:00-12:00" if holidays == "none" else f"{holidays}, {eve} 07:00-12:00"
    targets = str(config["REPLY_TARGETS"])
    examples = {
        "OPENING_HOURS": ("mon-fri 07:00-12:00, 13:00-17:00", "a break from 12 to 1 each day"),
        "HOLIDAYS": (with_eve, "a half day before Christmas; the date alone closes it, “-2027-10-11” opens a holiday"),
        "REPLY_MINUTES": ("300", "a first reply within half a day of ten hours"),
        "REPLY_TARGETS": (
            f"{targets}; urgent 60/120" if targets and "urgent" not in targets else targets or "urgent 60/120",
            "one hour to the first reply to what is urgent, two to each further one",
        ),
        "TIMEZONE": ("America/Denver", "hours by Mountain time; TIMEZONE_NAME is what patients call it"),
    }
    origins = config["SETTINGS_FROM"]
    where = origins if isinstance(origins, dict) else {}
    return [
        Told(name, str(config[name]), where.get(name, "its default"), example, what)
        for name, (example, what) in examples.items()
    ]


def breaks(hours: BusinessHours) -> list[tuple[str, str]]:
    """Each weekday with a gap in its hours, and when that is."""
    return [(DAYS[day], ", ".join(_gaps(windows))) for day, windows in hours.weekly.items() if len(windows) > 1]


def _gaps(windows: Sequence[Window]) -> Iterator[str]:
    for (_start, end), (start, _end) in pairwise(windows):
        yield f"{end:%H:%M} to {start:%H:%M}"


def special_days(hours: BusinessHours, today: date) -> list[SpecialDay]:
    """Every day to the end of next year that is not like its weekday, where it is one on which we would be open."""
    last = date(today.year + 1, 12, 31)
    days = (today + timedelta(days=number) for number in range((last - today).days + 1))
    calendar = hours.holidays if isinstance(hours.holidays, HolidayCalendar) else HolidayCalendar(federal=False)
    return [special for day in days if (special := _special(hours, calendar, day))]


def _special(hours: BusinessHours, calendar: HolidayCalendar, day: date) -> SpecialDay | None:
    by_law = HolidayCalendar(calendar.federal).name(day)
    plain, observed, _rest = (by_law or "").partition(" (observed)")
    name = f"{HOLIDAY_NAMES.get(plain, plain)}{observed}"
    if half_day := calendar.half_day(day):
        open_ = ", ".join(f"{start:%H:%M} to {end:%H:%M}" for start, end in half_day)
        return SpecialDay(day, f"Open {open_}", name or "Hours of its own", _BY_US)
    if day.weekday() not in hours.weekly:
        return None
    if day in calendar.opened:
        return SpecialDay(day, "Open after all", name, _BY_US)
    if calendar.name(day):
        return SpecialDay(day, "Closed", name or "Closed by the desk", _BY_LAW if by_law else _BY_US)
    return None


def by_topic(policy: Policy) -> list[tuple[Topic, list[Target]]]:
    """For each topic the target that counts, by priority."""
    return [(topic, [policy.target(level.value, topic.value) for level in Priority]) for topic in Topic]
