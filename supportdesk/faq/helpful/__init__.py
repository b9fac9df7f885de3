"""“Was this helpful?”: two buttons under every article, and a comment for the desk, sealed like a message."""

from datetime import timedelta

from flask import Flask

from supportdesk import chores, clock
from supportdesk.faq.helpful import services, views


def init_app(app: Flask) -> None:
    app.register_blueprint(views.helpful)
    chores.add(app, "old comments", timedelta(hours=24), lambda: services.drop_old(clock.now()))
