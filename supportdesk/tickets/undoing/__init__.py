"""Taking back: a reply for some seconds after it was sent, and what was done to many tickets at once."""

from flask import Flask

from supportdesk.tickets.undoing import views


def init_app(app: Flask) -> None:
    app.register_blueprint(views.undoing)
