"""How requests flow through the desk, for any span of days: what came, how long it waited, what is left, who did it."""

from flask import Flask

from supportdesk.tickets.flow import views


def init_app(app: Flask) -> None:
    app.register_blueprint(views.flow)
