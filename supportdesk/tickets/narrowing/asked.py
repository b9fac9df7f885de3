"""Whom an address of the queue names: a team or colleague who is no longer here, or something that there never was.

Addresses are kept for years, in saved views and in notes; each shows what it asks for, or a sentence that says why not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from supportdesk.agents.models import Agent
from supportdesk.agents.queries import agent_with
from supportdesk.agents.teams.models import Team
from supportdesk.agents.teams.queries import team_with
from supportdesk.database import db
from supportdesk.tickets.models import Status
from supportdesk.tickets.narrowing.due import DUE
from supportdesk.tickets.narrowing.queries import Filters
from supportdesk.tickets.tags.models import Tag
from supportdesk.tickets.topics import Topic


@dataclass(frozen=True)
class Asked:
    team: Team | None = None  # The one team that is asked for.
    agent: Agent | None = None  # And the one colleague.
    unknown: tuple[str, ...] = ()  # Filters by their names that name nothing: then nothing is shown.


def asked(filters: Filters) -> Asked:
    team = team_with(number) if (number := _number(filters.team)) else None
    agent = agent_with(number) if (number := _number(filters.assignee)) else None
    return Asked(team, agent, tuple(_unknown(filters, team, agent)))


def _unknown(filters: Filters, team: Team | None, agent: Agent | None) -> Iterator[str]:
    if filters.status and filters.status not in set(Status):
        yield "status"
    if filters.topic and filters.topic != "clinic" and filters.topic not in set(Topic):
        yield "topic"
    if filters.assignee not in ("", "me", "none") and agent is None:
        yield "colleague"
    if filters.team not in ("", "mine", "none") and team is None:
        yield "team"
    if filters.tag and not ((number := _number(filters.tag)) and db.session.get(Tag, number)):
        yield "tag"
    if filters.due and filters.due not in DUE:
        yield "time when it is due"


def _number(said: str) -> int | None:
    return int(said) if re.fullmatch(r"[0-9]{1,9}", said) else None
