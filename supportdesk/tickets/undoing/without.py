"""What a ticket would be had a reply never been sent, where others changed the ticket since.  Pure.

A state is what `snapshots` makes of a ticket; `after` is that of the moment at which the reply was sent.
"""

from typing import Any

from supportdesk.tickets.models import OUR_TURN
from supportdesk.tickets.undoing.snapshots import State

_TURN = ("status", "outcome", "solved_at")  # Set together, so one of them set anew keeps all.
_HOLDER = ("assignee_id", "team_id")
_CLOCK = ("reply_due_at", "reply_since")


def without_reply(now: State, before: State, after: State) -> dict[str, Any]:
    """Whatever the reply set is as it was `before`, but for what somebody set anew since."""
    wanted = dict(now)
    for names in (_HOLDER, ("topic",)):
        if _same(now, after, names):
            wanted |= _of(before, names)
    if _same(now, after, _TURN):
        rests = before if now["waits_until"] == after["waits_until"] else now
        wanted |= _of(before, (*_TURN, *_CLOCK)) | {"waits_until": rests["waits_until"]}
        wanted["held_because"] = before.get("held_because")
    elif _waits_longer(now, before):
        wanted |= _of(before, _CLOCK)
    return wanted


def _waits_longer(now: State, before: State) -> bool:
    """Whether it is our turn, and was already by an earlier deadline: what was not sent has answered nobody."""
    both = now["status"] in OUR_TURN and before["status"] in OUR_TURN
    return both and before["reply_due_at"] is not None and before["reply_due_at"] < (now["reply_due_at"] or "9")


def _same(now: State, after: State, names: tuple[str, ...]) -> bool:
    return _of(now, names) == _of(after, names)


def _of(state: State, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: state[name] for name in names}
