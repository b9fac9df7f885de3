"""When requests were put away and came back, read from their history, takings-back included.  Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from supportdesk.tickets.flow.figures import Turn
from supportdesk.tickets.models import OVER, Act

_PUTS_AWAY = {Act.SOLVED, Act.SENT_TO_CLINIC, Act.ERASED, Act.ANONYMISED}
_BRINGS_BACK = {Act.REOPENED, Act.WROTE}
_TOLD = {Act.REPLIED, Act.SENT_TO_CLINIC}  # What can be taken back for some seconds.
_LOOKS = {Act.OPENED, Act.NOTED, Act.SHOWN}  # They leave a request as it is.


class Happened(Protocol):
    ticket_id: int
    act: Act
    agent_id: int | None
    created_at: datetime
    detail: dict[str, str]


def turns(events: Iterable[Happened]) -> list[Turn]:
    """`events` are in order; only those that change whether a request is over become a turn."""
    histories: dict[int, _History] = {}
    found = []
    for event in events:
        history = histories.setdefault(event.ticket_id, _History())
        was_over = history.is_over
        history.tell(event)
        if history.is_over is not was_over:
            found.append(Turn(event.ticket_id, event.created_at, history.is_over, event.agent_id))
    return found


class _History:
    """Of one request: whether it is over, and whether it was before each of its acts."""

    def __init__(self) -> None:
        self.is_over = False
        self._acts: list[tuple[datetime, set[Act], bool]] = []  # The moment, what was done at it, how it was before.

    def tell(self, event: Happened) -> None:
        if event.act in {Act.UNDONE, Act.RESTORED}:
            self._take_back(_TOLD if event.act is Act.UNDONE else None)
            return
        if event.act not in _LOOKS:
            if not self._acts or self._acts[-1][0] != event.created_at:
                self._acts.append((event.created_at, set(), self.is_over))
            self._acts[-1][1].add(event.act)
        self.is_over = _after(event, is_over=self.is_over)

    def _take_back(self, told: set[Act] | None) -> None:
        """The latest act; or the latest of those that told the patient something."""
        while self._acts:
            _at, acts, was_over = self._acts.pop()
            if told is None or acts & told:
                self.is_over = was_over
                return


def _after(event: Happened, *, is_over: bool) -> bool:
    if event.act is Act.STATUS:
        return event.detail.get("after") in OVER
    return event.act in _PUTS_AWAY or (is_over and event.act not in _BRINGS_BACK)
