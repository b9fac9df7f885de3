"""The people who answer: who they are, how they sign in, and what they may do.  Knows no tickets."""

from flask import Flask

from supportdesk.agents import account_views, audit_views, auth, cli, shortcut_views, views
from supportdesk.agents.codes import views as code_views
from supportdesk.agents.people import views as people_views


def init_app(app: Flask) -> None:
    auth.init_app(app)
    for blueprint in (
        views.agents,
        code_views.views,
        account_views.account,
        audit_views.audit,
        shortcut_views.shortcuts,
        people_views.people,
    ):
        app.register_blueprint(blueprint)
    app.cli.add_command(cli.agents)
