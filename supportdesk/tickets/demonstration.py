"""The demo: tickets from content/demo/tickets.yaml, lived through act by act with the real services."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from flask import current_app

from supportdesk import clock
from supportdesk.access import Role
from supportdesk.agents.models import Agent
from supportdesk.agents.queries import agent_by_email
from supportdesk.agents.services import add_agent
from supportdesk.agents.teams.queries import team_named
from supportdesk.agents.teams.services import make_team
from supportdesk.audit.services import OPERATOR
from supportdesk.exceptions import NotFound
from supportdesk.opening import hours
from supportdesk.tickets import guiding, intake, services, shown, wording
from supportdesk.tickets.mentions.services import add_note
from supportdesk.tickets.models import Outcome, Priority, Status, Ticket
from supportdesk.tickets.queries import ticket_for_agent
from supportdesk.tickets.topics import Topic

PEOPLE = {
    "dana": ("Dana Kim", Role.ADMIN),
    "priya": ("Priya Nair", Role.LEAD),
    "sam": ("Sam Ortiz", Role.AGENT),
}

TEAMS = {"access": ("Accounts and sign-in", ("dana", "sam")), "pages": ("Pages and apps", ("priya", "sam"))}


def load(now: datetime) -> tuple[int, dict[str, str]]:
    """Fill the desk as of `now`; returns how many tickets, and the new agents' one-time passwords by address."""
    path = current_app.config["CONTENT_FOLDER"] / "demo" / "tickets.yaml"
    if not path.is_file():
        raise NotFound(f"{path} is missing.")
    agents, passwords = _agents()
    _make_teams(agents)
    stories = yaml.safe_load(path.read_text(encoding="utf-8"))
    stories.sort(key=lambda story: _received(story, now))
    for number, story in enumerate(stories):
        _live_through(story, agents, now, number)
    return len(stories), passwords


def _agents() -> tuple[dict[str, Agent], dict[str, str]]:
    agents, passwords = {}, {}
    for short, (name, role) in PEOPLE.items():
        email = f"{short}@example.org"
        agent = agent_by_email(email)
        if agent is None:
            agent, passwords[email] = add_agent(email, name, role)
        agents[short] = agent
    return agents, passwords


def _make_teams(agents: Mapping[str, Agent]) -> None:
    for name, members in TEAMS.values():
        if team_named(name) is None:
            make_team(name, [agents[short].id for short in members], OPERATOR)


def _received(story: Mapping[str, Any], now: datetime) -> datetime:
    """When the story begins; never later than a minute ago, so that a demo at dawn has its morning too."""
    zone = ZoneInfo(current_app.config["TIMEZONE"])
    day = now.astimezone(zone).date() - timedelta(days=story["received"]["days_ago"])
    begins = datetime.combine(day, time.fromisoformat(story["received"]["at"]), zone)
    while begins > now - timedelta(minutes=1):
        begins -= timedelta(days=1)
    return begins


def _live_through(story: Mapping[str, Any], agents: Mapping[str, Agent], now: datetime, number: int) -> None:
    begins = _received(story, now)
    words = {name: story[name].strip() for name in ("name", "email", "topic", "subject", "message")}
    with clock.pretend(begins):
        advice = guiding.advice(words["subject"], words["message"], words["topic"])
        receipt = intake.open_ticket(
            **words, submission_key=f"demo-{number}", advice=advice, seen=shown.weighty(advice.names)
        )
    for act in story.get("acts") or []:
        at = hours().add(begins, act["after"])
        if at > now:
            return
        with clock.pretend(at):
            _do(act, ticket_for_agent(receipt.reference), agents)


def _do(act: Mapping[str, Any], ticket: Ticket, agents: Mapping[str, Agent]) -> None:
    agent = agents[act["agent"]]
    seen = (ticket.reference, ticket.version, agent)
    match act["do"]:
        case "take":
            services.take_ticket(*seen)
        case "reply":
            services.reply_to_ticket(*seen, act["text"].strip(), Status(act.get("then", "pending")))
        case "note":
            add_note(*seen, act["text"].strip())
        case "clinic":
            topic = ticket.topic if ticket.topic.is_for_clinic else ticket.guided_topic or Topic.MEDICAL
            services.send_to_clinic(*seen, topic, wording.clinic_note(ticket, topic, agent))
        case "solve":
            services.solve_ticket(*seen, Outcome(act.get("outcome", "answered")))
        case "reopen":
            services.reopen_ticket(*seen)
        case "priority":
            _change(ticket, agent, priority=Priority(act["value"]))
        case "topic":
            _change(ticket, agent, topic=Topic(act["value"]))
        case "assign" | "hand":
            _change(ticket, agent, **_to(act["to"], agents))
        case other:
            raise NotFound(f"The demo knows no act “{other}”.")


def _to(short: str, agents: Mapping[str, Agent]) -> dict[str, int | None]:
    """Somebody of PEOPLE, or a team of TEAMS."""
    if short in agents:
        return {"assignee_id": agents[short].id}
    team = team_named(TEAMS[short][0])
    return {"assignee_id": None, "team_id": team.id if team else None}


def _change(ticket: Ticket, agent: Agent, **changes: Any) -> None:
    kept = {
        "status": ticket.status,
        "priority": ticket.priority,
        "topic": ticket.topic,
        "assignee_id": ticket.assignee_id,
        "team_id": ticket.team_id,
    }
    services.change_details(ticket.reference, ticket.version, agent, **(kept | changes))
