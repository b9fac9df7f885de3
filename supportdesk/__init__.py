"""The support desk: a help centre and a ticket desk for the patients of a patient portal."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from flask import Flask

from supportdesk import (
    access,
    agents,
    assets,
    audit,
    backups,
    config,
    database,
    doctor,
    error_pages,
    faq,
    grants,
    health,
    kept,
    keys,
    limits,
    logs,
    mail,
    metrics,
    opening,
    pages,
    prepare,
    rotation,
    tickets,
    web,
)


class Part(Protocol):
    """What the application is made of: a module that adds to it what is its own."""

    def init_app(self, app: Flask, /) -> None: ...


PARTS: tuple[Part, ...] = (
    logs,
    database,
    keys,
    pages,
    kept,
    assets,
    opening,
    web,
    limits,
    metrics,
    error_pages,
    health,
    audit,
    faq,
    mail,
    agents,
    tickets,
    rotation,
    grants,
    backups,
    prepare,
    doctor,
)


def create_app(overrides: Mapping[str, Any] | None = None, more: Iterable[Part] = ()) -> Flask:
    """Build the application: settings first, then each part in turn, and last whether each page is accounted for.

    `overrides` are settings by name, as in docs/configuration.md, or anything Flask knows; `more` are further parts.
    Raises SettingsError with a clear line where a setting or a key is not usable, or nobody said who may call a page.
    """
    app = Flask(
        __name__,
        template_folder=str(config.shipped("templates")),
        static_folder=str(config.shipped("static")),
    )
    config.load(app, overrides or {})
    for part in (*PARTS, *more):
        part.init_app(app)
    access.check(app)
    return app
