"""Whether this process is alive (/healthz), and whether it can serve (/readyz), in words for the operator."""

from flask import Blueprint, Flask, Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from supportdesk.database import db
from supportdesk.exceptions import SupportDeskError

health = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(health)


@health.get("/healthz")
def healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


@health.get("/readyz")
def readyz() -> tuple[Response, int]:
    checks = {"database": _database(), "articles": _articles()}
    return jsonify(checks), 200 if set(checks.values()) == {"ok"} else 503


def _database() -> str:
    try:
        db.session.execute(text("select version_num from alembic_version"))
    except SQLAlchemyError as error:
        return f"not usable ({type(error).__name__}); has “./desk run” or “flask --app wsgi db upgrade” been run?"
    return "ok"


def _articles() -> str:
    try:
        articles = current_app.extensions["shelf"].current().articles
    except SupportDeskError as error:
        return str(error)
    if not articles:
        return "none could be read; see “flask --app wsgi faq check”"
    return "ok"
