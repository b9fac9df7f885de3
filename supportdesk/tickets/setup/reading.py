"""What the setup page says, from settings and content.  Pure but for reading the canned replies' files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from supportdesk.faq.articles import Article
from supportdesk.faq.library import Library
from supportdesk.holidays import HolidayCalendar
from supportdesk.hours import BusinessHours
from supportdesk.opening import HOLIDAY_NAMES
from supportdesk.tickets.replies.canned import CannedReply
from supportdesk.tickets.topics import Topic

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_AHEAD = timedelta(days=365)


@dataclass(frozen=True)
class TopicSetup:
    topic: Topic
    article: Article | None  # The clinic fallback, or the first of the desk's own that answers it.
    replies: int  # Canned replies that fit it.


def week(hours: BusinessHours) -> list[tuple[str, str]]:
    """Each day and its hours."""
    return [(name, _windows(hours, number)) for number, name in enumerate(DAYS)]


def _windows(hours: BusinessHours, weekday: int) -> str:
    windows = hours.weekly.get(weekday, ())
    return ", ".join(f"{start:%H:%M} to {end:%H:%M}" for start, end in windows) or "Closed"


def closed_days(hours: BusinessHours, today: date) -> list[tuple[date, str]]:
    """Each holiday of the year to come, and why."""
    days = (today + timedelta(days=number) for number in range(_AHEAD.days))
    return [(day, _why(hours, day)) for day in days if hours.is_holiday(day)]


def _why(hours: BusinessHours, day: date) -> str:
    name = hours.holidays.name(day) if isinstance(hours.holidays, HolidayCalendar) else None
    plain, observed, _rest = (name or "").partition(" (observed)")
    return f"{HOLIDAY_NAMES.get(plain, plain)}{observed}" or "Closed"


def topics(library: Library, replies: Sequence[CannedReply]) -> list[TopicSetup]:
    return [
        TopicSetup(
            topic,
            library.for_topic(topic) or next((a for a in library.articles.values() if topic in a.topics), None),
            sum(topic in reply.topics for reply in replies),
        )
        for topic in Topic
    ]
