"""What can be done to many tickets at once, as the queue's form says it: `solve`, `priority:high`, `assign:7`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from supportdesk.tickets.models import Priority
from supportdesk.tickets.topics import Topic

MOST = 100  # Tickets at once: more are refused, and nothing is done.
_PLAIN = ("take", "clinic", "solve", "spam")
_CHOSEN = re.compile(r"tick-(NC-[0-9A-Z]{4}-[0-9A-Z]{4})")


@dataclass(frozen=True)
class BulkVerb:
    verb: str  # take, assign, priority, topic, clinic, solve or spam.
    value: str = ""

    def __str__(self) -> str:
        return f"{self.verb}:{self.value}" if self.value else self.verb


def read_verb(text: str) -> BulkVerb | None:
    """None where it is none of ours: of an old page, or typed by hand."""
    verb, _, value = text.partition(":")
    if verb in _PLAIN and not value:
        return BulkVerb(verb)
    known = {"priority": list(map(str, Priority)), "topic": list(map(str, Topic))}
    if value in known.get(verb, []) or (verb == "assign" and re.fullmatch(r"[0-9]{1,9}|none", value)):
        return BulkVerb(verb, value)
    return None


def read_chosen(form: Mapping[str, str]) -> list[tuple[str, int]]:
    """References with the version that the page showed: `tick-NC-7HK4-92QX` = 3.  What is no ticket is left out."""
    found = ((_CHOSEN.fullmatch(name), version) for name, version in form.items())
    return [(match[1], int(version)) for match, version in found if match and re.fullmatch(r"[0-9]{1,9}", version)]
