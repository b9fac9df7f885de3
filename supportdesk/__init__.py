"""The support desk: a help centre and a ticket desk for the patients of a patient portal."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from flask import Flask

from supportdesk import (
    access,
    agents,
    answered,
    assets,
    audit,
    backups,
    commands,
    config,
    database,
    doctor,
    error_pages,
    faq,
    front,
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
    schema,
    tickets,
    web,
)


class Part(Protocol):
    """What the application is made of: a module that adds to it what is its own."""

    def init_app(self, app: Flask, /) -> None: ...


PARTS: tuple[Part, ...] = (
    front,
    answered,
    logs,
    database,
    schema,
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
    commands,
)


class Desk(Flask):
    """Flask, without a look at each function of each request whether it is asynchronous: none of ours is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(overrides: Mapping[str, Any] | None = None, more: Iterable[Part] = ()) -> Flask:
    """Build the application: settings first, then each part in turn, and last whether each page is accounted for.

    `overrides` are settings by name, as in docs/configuration.md, or anything Flask knows; `more` are further parts.
    Raises SettingsError with a clear line where a setting or a key is not usable, or nobody said who may call a page.
    """
    app = Desk(
        __name__,
        template_folder=str(config.shipped("templates")),
        static_folder=str(config.shipped("static")),
    )
    config.load(app, overrides or {})
    for part in (*PARTS, *more):
        part.init_app(app)
    access.check(app)
    return app
