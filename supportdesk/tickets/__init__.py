"""Requests as the desk keeps them: taking them in, triage, answers, reports.  May use agents, mail and faq."""

from datetime import timedelta

from flask import Flask

from supportdesk import chores
from supportdesk.tickets import (
    bulk,
    checks,
    cli,
    desk_pages,
    desk_views,  # noqa: F401  Its pages are on the blueprint of desk_pages.
    export,
    flow,
    keeping,
    own_page,
    presence,
    queue_views,  # noqa: F401  Its pages too.
    replies,
    report_views,
    request_views,
    setup,
    undoing,
)
from supportdesk.tickets.clocks import services as deadlines
from supportdesk.tickets.clocks import targets
from supportdesk.tickets.clocks.views import clocks
from supportdesk.tickets.leaving.views import leaving
from supportdesk.tickets.mentions.views import mentions
from supportdesk.tickets.merging.views import merging
from supportdesk.tickets.related.views import related
from supportdesk.tickets.splitting.views import splitting
from supportdesk.tickets.tags.views import tags
from supportdesk.tickets.teams.views import teams
from supportdesk.tickets.views_saved.views import views_saved
from supportdesk.tickets.waiting import services as waits
from supportdesk.tickets.waiting.views import waiting

HANDING_ON = (clocks, leaving, mentions, merging, related, splitting, tags, teams, views_saved, waiting)


def init_app(app: Flask) -> None:
    app.register_blueprint(request_views.requests)
    own_page.init_app(app)
    app.register_blueprint(desk_pages.desk)
    bulk.init_app(app)
    export.init_app(app)
    presence.init_app(app)
    for blueprint in HANDING_ON:
        app.register_blueprint(blueprint)
    undoing.init_app(app)
    targets.init_app(app)
    chores.add(app, "come back", timedelta(minutes=1), waits.every_minute)
    chores.add(app, "calendar", timedelta(hours=1), deadlines.keep_up_with_the_calendar)
    chores.add(app, "deadlines", timedelta(minutes=1), deadlines.every_minute)
    app.register_blueprint(report_views.reports)
    replies.init_app(app)
    flow.init_app(app)
    setup.init_app(app)
    keeping.init_app(app)
    app.cli.add_command(cli.tickets)
    app.cli.add_command(cli.demo)
    checks.init_app(app)
