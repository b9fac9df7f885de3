"""What admins do with teams: each is one act, one commit, and lines in the audit."""

from collections.abc import Collection

from supportdesk import clock
from supportdesk.agents.queries import agents_by_id
from supportdesk.agents.teams.models import Team
from supportdesk.agents.teams.queries import team_named, team_with
from supportdesk.audit import What
from supportdesk.audit.services import By, add
from supportdesk.database import db, take_turn
from supportdesk.exceptions import NotFound

TURN = "teams"


def make_team(name: str, member_ids: Collection[int], by: By) -> Team:
    """A new one.  Raises ValueError where there is one of that name, in use or retired."""
    _refuse_taken(name)
    team = Team(name=name, created_at=clock.now(), version=0)
    db.session.add(team)
    db.session.flush()
    _note(team, "made", by)
    _choose(team, member_ids, by)
    db.session.commit()
    return team


def change_team(team_id: int, version: int, name: str, member_ids: Collection[int], by: By) -> Team:
    """Its name and who is in it.  What the history of a request says of it stays.

    `version` is the one that the admin's page showed.  Raises NotFound, or ValueError saying what is wrong.
    """
    team = _known(team_id)
    if team.version != version:
        now = ", ".join(agent.name for agent in team.members) or "nobody"
        raise ValueError(
            f"Somebody changed this team after you opened the page. It is called {team.name} now, and in it: {now}"
        )
    _refuse_taken(name, but=team)
    if team.name != name:
        team.name = name
        _note(team, "renamed", by)
    _choose(team, member_ids, by)
    db.session.commit()
    return team


def retire_team(team_id: int, by: By) -> Team:
    """Nothing more is handed to it; what it has stays with it, until somebody hands it on.  Raises NotFound."""
    team = _known(team_id)
    if team.is_in_use:
        team.retired_at = clock.now()
        _note(team, "retired", by)
    db.session.commit()
    return team


def use_team_again(team_id: int, by: By) -> Team:
    """With the members that it had.  Raises NotFound."""
    team = _known(team_id)
    if not team.is_in_use:
        team.retired_at = None
        _note(team, "used-again", by)
    db.session.commit()
    return team


def _choose(team: Team, member_ids: Collection[int], by: By) -> None:
    """From now on these are in it, and no others.  Somebody deactivated can stay and leave, but not join."""
    before, known = {agent.id for agent in team.members}, agents_by_id()
    after = {id_ for id_ in member_ids if id_ in known and (known[id_].is_active or id_ in before)}
    for agent_id in sorted(before ^ after):
        _note(team, f"agent-{agent_id}-{'joins' if agent_id in after else 'leaves'}", by)
    team.members = [known[id_] for id_ in sorted(after)]


def _refuse_taken(name: str, but: Team | None = None) -> None:
    """One at a time: of two admins who make the same team at once, the second is told."""
    take_turn(db.session, TURN)
    found = team_named(name)
    if found and found is not but:
        cure = "Choose another name" if found.is_in_use else "It is retired; use it again, or choose another name"
        raise ValueError(f"There is a team {found.name} already. {cure}")


def _known(team_id: int) -> Team:
    """As whoever changed it before us left it."""
    take_turn(db.session, TURN)
    team = team_with(team_id)
    if team is None:
        raise NotFound("There is no such team.")
    db.session.refresh(team)
    return team


def _note(team: Team, what: str, by: By) -> None:
    team.version += 1
    add(What.TEAM_CHANGED, **by._asdict(), detail=f"team={team.id},{what}")
