"""The admins' pages about teams: make one, choose who is in it, rename it, retire it and use it again."""

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from supportdesk.access import Role, may
from supportdesk.agents import auth
from supportdesk.agents.queries import active_agents
from supportdesk.agents.teams import services
from supportdesk.agents.teams.forms import TeamForm
from supportdesk.agents.teams.models import Team
from supportdesk.agents.teams.queries import all_teams, team_with
from supportdesk.tickets.desk_pages import page
from supportdesk.tickets.teams.queries import Has, what_teams_have

teams = may(Role.ADMIN)(Blueprint("teams", __name__, url_prefix="/desk/people/teams"))


@teams.get("/")
def every() -> str:
    return _every(TeamForm(formdata=None).offer(active_agents()))


@teams.post("/")
def make() -> ResponseReturnValue:
    form = TeamForm().offer(active_agents())
    if not form.validate_on_submit():
        return _every(form), 422
    try:
        services.make_team(form.name.data or "", form.member_ids.data or [], auth.acting())
    except ValueError as error:
        form.name.errors = [str(error)]
        return _every(form), 422
    return redirect(url_for(".every"), code=303)


@teams.get("/<int:team_id>")
def one(team_id: int) -> str:
    team = _team(team_id)
    return _one(team, TeamForm(formdata=None).offer(active_agents(), team))


@teams.post("/<int:team_id>")
def change(team_id: int) -> ResponseReturnValue:
    team = _team(team_id)
    form = TeamForm().offer(active_agents(), team)
    if not form.validate_on_submit():
        return _one(team, form), 422
    said = form.version.data or 0, form.name.data or "", form.member_ids.data or []
    try:
        services.change_team(team_id, *said, auth.acting())
    except ValueError as error:
        form.name.errors, form.version.data = [str(error)], team.version
        return _one(team, form), 422
    return redirect(url_for(".every"), code=303)


@teams.post("/<int:team_id>/retire")
def retire(team_id: int) -> ResponseReturnValue:
    services.retire_team(team_id, auth.acting())
    return redirect(url_for(".one", team_id=team_id), code=303)


@teams.post("/<int:team_id>/use-again")
def use_again(team_id: int) -> ResponseReturnValue:
    services.use_team_again(team_id, auth.acting())
    return redirect(url_for(".one", team_id=team_id), code=303)


def _every(form: TeamForm) -> str:
    return page("desk/teams.html", teams=all_teams(), has=what_teams_have(), nothing=Has(), form=form, view="people")


def _one(team: Team, form: TeamForm) -> str:
    has = what_teams_have().get(team.id, Has())
    return page("desk/team.html", team=team, has=has, form=form, view="people")


def _team(team_id: int) -> Team:
    return team_with(team_id) or abort(404)
