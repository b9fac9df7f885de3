"""What can be done to many tickets at once, as the queue's form says it: `solve`, `tag:7`, `assign:team-3`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from supportdesk.tickets.models import Priority
from supportdesk.tickets.topics import Topic

MOST = 100  # Tickets at once: more are refused, and nothing is done.
_PLAIN = ("take", "release", "clinic", "solve", "spam")
_KNOWN = {"priority": list(map(str, Priority)), "topic": list(map(str, Topic))}
_NUMBERED = {"assign": r"(team-)?[0-9]{1,9}|none", "tag": r"[0-9]{1,9}", "untag": r"[0-9]{1,9}"}
_CHOSEN = re.compile(r"tick-(NC-[0-9A-Z]{4}-[0-9A-Z]{4})")


@dataclass(frozen=True)
class BulkVerb:
    verb: str  # take, release, assign, priority, topic, tag, untag, clinic, solve or spam.
    value: str = ""

    @property
    def is_of_tags(self) -> bool:
        return self.verb in {"tag", "untag"}

    def __str__(self) -> str:
        return f"{self.verb}:{self.value}" if self.value else self.verb


def read_verb(text: str) -> BulkVerb | None:
    """None where it is none of ours: of an old page, or typed by hand."""
    verb, _, value = text.partition(":")
    if verb in _PLAIN and not value:
        return BulkVerb(verb)
    if value in _KNOWN.get(verb, []) or (verb in _NUMBERED and re.fullmatch(_NUMBERED[verb], value)):
        return BulkVerb(verb, value)
    return None


def read_chosen(form: Mapping[str, str]) -> list[tuple[str, int]]:
    """References with the version that the page showed: `tick-NC-7HK4-92QX` = 3.  What is no ticket is left out."""
    found = ((_CHOSEN.fullmatch(name), version) for name, version in form.items())
    return [(match[1], int(version)) for match, version in found if match and re.fullmatch(r"[0-9]{1,9}", version)]
