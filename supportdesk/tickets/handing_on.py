"""How the history tells what agents do to hand a ticket on: each act as a sentence."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from supportdesk.opening import moment
from supportdesk.tickets.acts import Act

Detail = Mapping[str, Any]


def tagged(who: str, detail: Detail) -> str:
    """“Dana Kim put the tag login on this, and took old off”."""
    put, taken = ", ".join(detail["put"]), ", ".join(detail["taken"])
    if not put:
        return f"{who} took the tag{'s' if ',' in taken else ''} {taken} off this"
    return f"{who} put the tag{'s' if ',' in put else ''} {put} on this" + (f", and took {taken} off" if taken else "")


def waits(who: str, detail: Detail) -> str:
    return f"{who} let this wait until {moment(datetime.fromisoformat(detail['until']))}"


SAID: Mapping[Act, Callable[[str, Detail], str]] = {
    Act.TAGGED: tagged,
    Act.WAITS: waits,
    Act.MENTIONED: lambda who, detail: f"{who} mentioned {' and '.join(detail['names'])}",
    Act.LINKED: lambda who, detail: f"{who} linked this to {detail['other']}",
    Act.MERGED: lambda who, detail: f"{who} merged this into {detail['into']}",
    Act.MERGED_IN: lambda who, detail: f"{who} merged {detail['other']} into this",
    Act.TAKEN_APART: lambda who, detail: f"{who} took {detail['other']} and this apart again",
    Act.SPLIT: lambda who, detail: f"{who} made {detail['other']} of a message of this",
    Act.SPLIT_FROM: lambda who, detail: f"{who} made this of a message of {detail['other']}",
    Act.DUE_MOVED: lambda _who, detail: (
        f"The deadline moved to {moment(datetime.fromisoformat(detail['after']))}, as hours or targets changed"
    ),
    Act.UNLINKED: lambda who, detail: f"{who} removed the link to {detail['other']}",
}
