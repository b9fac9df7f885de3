"""How the desk is set up, for admins to read: hours, holidays, topics, mail, health.  Settings and files change it."""

from flask import Flask

from supportdesk.tickets.setup import views


def init_app(app: Flask) -> None:
    app.register_blueprint(views.setup)
