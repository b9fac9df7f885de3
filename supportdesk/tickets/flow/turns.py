"""When requests were put away and came back, read from their history.  Pure.

What was taken back is as if it had not been: a reply undone, an act on many put back, a merge taken apart again.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Protocol

from supportdesk.tickets.flow.figures import Turn
from supportdesk.tickets.models import OVER, Act

PUTS_AWAY = frozenset({Act.SOLVED, Act.SENT_TO_CLINIC, Act.MERGED, Act.ERASED, Act.ANONYMISED})
BRINGS_BACK = frozenset({Act.REOPENED, Act.WROTE, Act.REPLIED, Act.WAITS})
SAYS = frozenset({Act.STATUS, Act.MERGED_IN})  # What the request is `after` it.
TAKES_BACK = frozenset({Act.UNDONE, Act.RESTORED, Act.TAKEN_APART})
TOLD = frozenset({Act.REPLIED, Act.SENT_TO_CLINIC})  # What can be undone for some seconds.
_TO_MANY = frozenset({Act.TAKEN, Act.SOLVED, Act.PRIORITY, Act.TOPIC, Act.ASSIGNED, Act.TAGGED})
_NOT_WORK = frozenset({Act.MERGED, Act.ERASED, Act.ANONYMISED})  # Nobody solved anything by it.


class Happened(Protocol):
    ticket_id: int
    act: Act
    agent_id: int | None
    created_at: datetime
    detail: dict[str, Any]


def turns(events: Iterable[Happened]) -> list[Turn]:
    """`events` are in order within each request, none left out; only what changes whether it is over is a turn."""
    histories: dict[int, _History] = {}
    for event in events:
        histories.setdefault(event.ticket_id, _History()).tell(event)
    return [turn for history in histories.values() for turn in history.turns()]


class _History:
    """Of one request: what was done to it, by the moment; what is done at one moment is one act."""

    def __init__(self) -> None:
        self._acts: list[list[Happened]] = []

    def tell(self, event: Happened) -> None:
        match event.act:
            case Act.UNDONE:
                self._forget(lambda one: one.act in TOLD and one.agent_id == event.agent_id)
            case Act.RESTORED:
                self._forget(lambda one: one.act in _TO_MANY and one.agent_id == event.agent_id)
            case Act.TAKEN_APART:
                self._take_apart(event)
        if self._acts and self._acts[-1][0].created_at == event.created_at:
            self._acts[-1].append(event)
        else:
            self._acts.append([event])

    def turns(self) -> Iterator[Turn]:
        is_over = False
        for act in self._acts:
            was_over, last = is_over, act[-1]
            for event in act:
                is_over = _after(event, is_over=is_over)
            if is_over is not was_over:
                agent = None if last.act in _NOT_WORK else last.agent_id
                yield Turn(last.ticket_id, last.created_at, is_over, agent)

    def _forget(self, is_it: Callable[[Happened], bool]) -> None:
        """The latest act of that kind."""
        for number in range(len(self._acts) - 1, -1, -1):
            if any(map(is_it, self._acts[number])):
                del self._acts[number]
                return

    def _take_apart(self, event: Happened) -> None:
        """A part is what it was before; so is the whole, unless somebody changed it since."""
        other = event.detail.get("other")
        self._forget(lambda one: one.act is Act.MERGED and one.detail.get("into") == other)
        if event.detail.get("put_back"):
            self._forget(lambda one: one.act is Act.MERGED_IN and one.detail.get("other") == other)


def _after(event: Happened, *, is_over: bool) -> bool:
    if event.act in SAYS:
        return event.detail["after"] in OVER if "after" in event.detail else is_over
    return event.act in PUTS_AWAY or (is_over and event.act not in BRINGS_BACK)
