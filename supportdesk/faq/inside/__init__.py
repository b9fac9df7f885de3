"""The help centre from inside: how each article fares, what was searched in vain, what editors have to do."""

from flask import Flask

from supportdesk.faq.inside import views


def init_app(app: Flask) -> None:
    app.register_blueprint(views.inside)
