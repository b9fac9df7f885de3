"""The support desk: a help centre and a ticket desk for the patients of a patient portal."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from supportdesk import (
    agents,
    assets,
    config,
    database,
    error_pages,
    faq,
    health,
    kept,
    keys,
    mail,
    opening,
    pages,
    prepare,
    tickets,
    web,
)

PARTS = (database, keys, pages, kept, assets, opening, web, error_pages, health, faq, mail, agents, tickets, prepare)


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Build the application: settings first, then each part in turn.

    `overrides` are settings by name, as in docs/configuration.md, or anything Flask knows.
    Raises SettingsError with a clear line where a setting or a key is not usable.
    """
    app = Flask(
        __name__,
        template_folder=str(config.shipped("templates")),
        static_folder=str(config.shipped("static")),
    )
    config.load(app, overrides or {})
    for part in PARTS:
        part.init_app(app)
    return app
