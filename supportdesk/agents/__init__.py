"""The people who answer: who they are, and how they sign in.  Knows no tickets."""

from flask import Flask

from supportdesk.agents import auth, cli, views


def init_app(app: Flask) -> None:
    auth.init_app(app)
    app.register_blueprint(views.agents)
    app.cli.add_command(cli.agents)
