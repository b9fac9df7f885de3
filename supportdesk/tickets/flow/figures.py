"""The figures of a span, from what happened when; every one is a plain count or a plain order statistic.  Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from supportdesk.hours import BusinessHours
from supportdesk.tickets.flow.span import Span


@dataclass(frozen=True)
class Came:
    """A request, as the reports need it."""

    ticket: int
    at: datetime
    topic: str
    route: str


@dataclass(frozen=True)
class Said:
    """A message between requester and desk; `author` is the agent, None for the requester."""

    ticket: int
    at: datetime
    author: int | None
    due: datetime | None = None  # The promise of a first reply, with the requester's; the deadline that a reply met.
    further: int = 0  # With a reply: the open minutes that a further one may take, where that deadline is not known.


@dataclass(frozen=True)
class Joined:
    """A request became a part of another one, and whoever waited there waits for a reply in that one."""

    ticket: int
    at: datetime
    into: int


@dataclass(frozen=True)
class Turn:
    """A request was put away, or came back."""

    ticket: int
    at: datetime
    is_over: bool
    agent: int | None  # None: the requester; or nobody solved it, as where it became a part of another.


@dataclass(frozen=True)
class Wait:
    """Business minutes from the requester's first unanswered message to the reply."""

    minutes: float
    replied_at: datetime
    author: int
    is_first: bool
    was_kept: bool  # The reply came by the time it was due.


@dataclass(frozen=True)
class Times:
    """Of several waits."""

    count: int
    median: float | None
    p90: float | None  # Nine of ten took no longer.
    kept: int  # How many replies came by the time they were due.


@dataclass(frozen=True)
class OfAgent:
    replies: int
    solved: int
    times: Times


def waits(said: Iterable[Said | Joined], hours: BusinessHours) -> list[Wait]:
    """Each wait that a reply ended; `said` is in order within what became one request.

    A first reply is due as it was promised; a further one by the deadline that it met.
    """
    waiting: dict[int, tuple[datetime, datetime | None]] = {}  # Since when, and the promise.
    answered: set[int] = set()
    found = []
    for one in said:
        if isinstance(one, Joined):
            if begun := waiting.pop(one.ticket, None):
                waiting[one.into] = _earlier(begun, waiting.get(one.into, begun))
        elif one.author is None:
            waiting.setdefault(one.ticket, (one.at, None if one.ticket in answered else one.due))
        elif one.ticket in waiting:
            since, promised = waiting.pop(one.ticket)
            is_first = one.ticket not in answered
            due = (promised if is_first else one.due) or hours.add(since, one.further)
            minutes = hours.minutes_between(since, one.at)
            found.append(Wait(minutes, one.at, one.author, is_first, was_kept=one.at <= due))
            answered.add(one.ticket)
    return found


def _earlier(
    one: tuple[datetime, datetime | None], other: tuple[datetime, datetime | None]
) -> tuple[datetime, datetime | None]:
    return min(one[0], other[0]), min(filter(None, (one[1], other[1])), default=None)


def times(of: Sequence[Wait]) -> Times:
    minutes = sorted(wait.minutes for wait in of)
    return Times(len(minutes), rank(minutes, 50), rank(minutes, 90), sum(wait.was_kept for wait in of))


def rank(ordered: Sequence[float], per_cent: int) -> float | None:
    """The smallest value that so many per cent of them do not exceed."""
    return ordered[ceil(len(ordered) * per_cent / 100) - 1] if ordered else None


def heat(came: Iterable[Came], span: Span) -> list[list[int]]:
    """How many came in each hour of the week: seven days from Monday, of 24 hours each."""
    counted = Counter((at.weekday(), at.hour) for at in (one.at.astimezone(span.zone) for one in came))
    return [[counted[day, hour] for hour in range(24)] for day in range(7)]


def backlog(came: Sequence[Came], turns: Iterable[Turn], span: Span) -> list[tuple[date, int]]:
    """How many requests were not solved at the end of each day; `turns` are in order."""
    changes = sorted([(one.at, 0, one.ticket, False) for one in came] + _numbered(turns))
    unsolved: set[int] = set()
    found, position = [], 0
    for day, end in zip(span.days, [*(span.midnight(day) for day in span.days[1:]), span.ends], strict=True):
        while position < len(changes) and changes[position][0] < end:
            _at, _number, ticket, is_over = changes[position]
            (unsolved.discard if is_over else unsolved.add)(ticket)
            position += 1
        found.append((day, len(unsolved)))
    return found


def _numbered(turns: Iterable[Turn]) -> list[tuple[datetime, int, int, bool]]:
    """With a number, so that what happened at one moment stays in its order, after what came in then."""
    return [(turn.at, number, turn.ticket, turn.is_over) for number, turn in enumerate(turns, 1)]


def reopened(turns: Iterable[Turn], span: Span) -> int:
    return sum(not turn.is_over and span.holds(turn.at) for turn in turns)


def by_agent(said: Iterable[Said], turns: Iterable[Turn], ended: Iterable[Wait], span: Span) -> Mapping[int, OfAgent]:
    """Of everybody who did something in the span."""
    replies = Counter(one.author for one in said if one.author is not None and span.holds(one.at))
    solved = Counter(turn.agent for turn in turns if turn.is_over and turn.agent is not None and span.holds(turn.at))
    theirs: dict[int, list[Wait]] = {}
    for wait in ended:
        theirs.setdefault(wait.author, []).append(wait)
    everybody = sorted({*replies, *solved, *theirs})
    return {who: OfAgent(replies[who], solved[who], times(theirs.get(who, []))) for who in everybody}
