"""Requests as the desk keeps them: taking them in, triage, answers, reports.  May use agents, mail and faq."""

from flask import Flask

from supportdesk.tickets import cli, desk_views, report_views, request_views


def init_app(app: Flask) -> None:
    app.register_blueprint(request_views.requests)
    app.register_blueprint(desk_views.desk)
    app.register_blueprint(report_views.reports)
    app.cli.add_command(cli.tickets)
    app.cli.add_command(cli.demo)
