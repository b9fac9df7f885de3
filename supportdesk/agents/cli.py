"""Commands about agents: add, list, deactivate, reset."""

import click
from flask.cli import AppGroup

from supportdesk.agents import queries, services
from supportdesk.exceptions import NotFound

agents = AppGroup("agents", help="The people who answer.")


@agents.command("add")
@click.argument("email")
@click.argument("name")
def add(email: str, name: str) -> None:
    """Add an agent and print the one-time password, once."""
    try:
        _agent, password = services.add_agent(email, name)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Added {name}. Sign in as {email} with the one-time password {password}")


@agents.command("list")
def list_agents() -> None:
    """List every agent."""
    for agent in queries.all_agents():
        click.echo(f"{agent.email}  {agent.name}{'' if agent.is_active else '  (deactivated)'}")


@agents.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """Sign an agent out and keep them out; what they wrote stays."""
    try:
        services.deactivate_agent(email)
    except NotFound as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{email} can’t sign in any more.")


@agents.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Give an agent a new one-time password; their sign-ins end."""
    try:
        password = services.reset_password(email)
    except NotFound as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Sign in as {email} with the one-time password {password}")
