"""Who else is at a ticket: looking at it, or writing."""

from flask import Flask

from supportdesk.tickets.presence import views


def init_app(app: Flask) -> None:
    app.register_blueprint(views.presence)
