"""Commands about agents: add, list, role, deactivate, activate, reset."""

import click
from flask.cli import AppGroup

from supportdesk.access import Role
from supportdesk.agents import queries, services
from supportdesk.exceptions import NotFound

agents = AppGroup("agents", help="The people who answer.")
ROLE = click.Choice([role.value for role in Role])


@agents.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--role", type=ROLE, help="agent, lead or admin.  [default: agent; admin for the first of all]")
def add(email: str, name: str, role: str | None) -> None:
    """Add an agent and print the one-time password, once."""
    try:
        agent, password = services.add_agent(email, name, Role(role) if role else None)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Added {name}, {agent.role}. Sign in as {email} with the one-time password {password}")


@agents.command("list")
def list_agents() -> None:
    """List every agent."""
    for agent in queries.all_agents():
        click.echo(f"{agent.email}  {agent.role}  {agent.name}{'' if agent.is_active else '  (deactivated)'}")


@agents.command("role")
@click.argument("email")
@click.argument("role", type=ROLE)
def role(email: str, role: str) -> None:
    """Give an agent another role, from their next click on."""
    try:
        services.set_role(email, Role(role))
    except (NotFound, ValueError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{email} is {role} now.")


@agents.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """Sign an agent out and keep them out; what they wrote stays."""
    try:
        services.deactivate_agent(email)
    except (NotFound, ValueError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{email} can’t sign in any more.")


@agents.command("activate")
@click.argument("email")
def activate(email: str) -> None:
    """Let somebody deactivated in again, in the role that they had, with a new one-time password."""
    try:
        password = services.activate_agent(email)
    except (NotFound, ValueError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Sign in as {email} with the one-time password {password}")


@agents.command("reset")
@click.argument("email")
@click.option("--codes", is_flag=True, help="Their phone and recovery codes are lost: set up one-time codes anew.")
def reset(email: str, *, codes: bool) -> None:
    """Give an agent a new one-time password; their sign-ins end."""
    try:
        password = services.reset_password(email, codes=codes)
    except NotFound as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Sign in as {email} with the one-time password {password}")
