"""What every page has at hand: icons, the desk's name and numbers, and the language it is written in."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from flask import Flask, current_app, g, url_for
from flask_babel import Babel, get_locale, get_translations
from lucide import IconDoesNotExist
from lucide.jinja import lucide
from markupsafe import Markup

_SHAPE = re.compile(r"<[^>/]+/>")


def init_app(app: Flask) -> None:
    Babel(app, locale_selector=lambda: _locale(current_app.config["BABEL_DEFAULT_LOCALE"]))
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # Babel has given it to Jinja.
        lambda text: _translations().ugettext(text),
        lambda one, many, count: _translations().ungettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals.update(
        icon=icon,
        asset=_asset_urls(Path(app.static_folder or "static")),
        phone=app.config["PHONE"],
        phone_url=f"tel:+1{''.join(filter(str.isdigit, app.config['PHONE'])).removeprefix('1')}",
        email=app.config["EMAIL"],
        sign_in_url=app.config["SIGN_IN_URL"],
        privacy_url=app.config["PRIVACY_URL"],
        page_language=page_language,
        public_url=public_url,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _translations() -> Any:
    """Of this page: looked up once, where Flask-Babel would look for each of its forty sentences."""
    if "translations" not in g:
        g.translations = get_translations()
    return g.translations


def page_language() -> str:
    """Of the page that is being made, as HTML wants it: “en-US”."""
    return _tag(get_locale())


@cache
def _tag(locale: Locale | None) -> str:
    return str(locale or "en_US").replace("_", "-")


def public_url(endpoint: str, **values: str) -> str:
    """The whole address of a page as patients reach it, whatever this process is called by who asks it now."""
    path = current_app.url_map.bind("").build(endpoint, values)
    return f"{current_app.config['BASE_URL']}{path}"


@cache
def _locale(name: str) -> Locale:
    """Read once; Flask-Babel would read the name anew for each request."""
    return Locale.parse(name)


@cache
def icon(name: str) -> Markup:
    """The icon, drawn into the page and hidden from screen readers: a word always stands beside it.

    Only its shapes: a queue has a hundred icons, and how all of them are drawn stands once, in core.css.
    """
    try:
        drawn = lucide(name)
    except IconDoesNotExist:
        return Markup("")
    shapes = "".join(_SHAPE.findall(drawn.partition(">")[2])).replace(" />", "/>")
    return Markup(f'<svg class="icon" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">{shapes}</svg>')  # noqa: S704  # The package’s own.


def _asset_urls(folder: Path) -> Callable[[str], str]:
    """A function from a file in static/ to its address, which changes with the file: browsers may keep it for ever."""

    def asset(name: str) -> str:
        return url_for("static", filename=name, v=_version(folder / name))

    return asset


@cache
def _version(path: Path) -> str:
    return f"{path.stat().st_mtime_ns:x}"[-8:]
