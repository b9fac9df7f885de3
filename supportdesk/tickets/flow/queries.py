"""The figures of a span, from columns that stand in clear; nothing is unsealed.  Reads only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from supportdesk.hours import BusinessHours
from supportdesk.tickets.clocks.policy import Policy
from supportdesk.tickets.flow import figures, reading
from supportdesk.tickets.flow.figures import Joined, OfAgent, Said, Times, Wait
from supportdesk.tickets.flow.span import Span
from supportdesk.tickets.satisfaction.queries import said_between
from supportdesk.tickets.topics import Topic


@dataclass(frozen=True)
class Flow:
    span: Span
    total: int
    topics: Sequence[tuple[Topic, int]]  # Most first.
    routes: Mapping[str, int]
    heat: Sequence[Sequence[int]]
    first: Times
    next: Times
    backlog: Sequence[tuple[date, int]]
    reopened: int
    agents: Mapping[int, OfAgent]
    helped: tuple[int, int]  # How many said yes, and how many no.


def flow(span: Span, hours: BusinessHours, policy: Policy) -> Flow:
    """Spam and what is held for review is in none of it."""
    new, said = reading.came_in(span), reading.said(span, policy)
    unsolved, turns = reading.not_solved_in(span)
    ended = _ended(said, span, hours)
    topics = Counter(one.topic for one in new)
    return Flow(
        span=span,
        total=len(new),
        topics=[(Topic(topic), number) for topic, number in sorted(topics.items(), key=lambda t: (-t[1], t[0]))],
        routes=Counter(one.route for one in new),
        heat=figures.heat(new, span),
        first=figures.times([wait for wait in ended if wait.is_first]),
        next=figures.times([wait for wait in ended if not wait.is_first]),
        backlog=figures.backlog(unsolved, turns, span),
        reopened=figures.reopened(turns, span),
        agents=figures.by_agent(_messages(said), turns, ended, span),
        helped=said_between(span.starts, span.ends),
    )


def of_agent(agent_id: int, span: Span, hours: BusinessHours, policy: Policy) -> OfAgent | None:
    """The same figures of one agent alone; None where there was nothing."""
    said = reading.said(span, policy, agent_id)
    ended = _ended(said, span, hours)
    return figures.by_agent(_messages(said), reading.turned(span, agent_id), ended, span).get(agent_id)


def _ended(said: Sequence[Said | Joined], span: Span, hours: BusinessHours) -> list[Wait]:
    """The waits that a reply of the span ended."""
    return [wait for wait in figures.waits(said, hours) if span.holds(wait.replied_at)]


def _messages(said: Sequence[Said | Joined]) -> list[Said]:
    return [one for one in said if isinstance(one, Said)]
