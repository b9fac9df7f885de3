"""Where the settings come from, and what follows from them; the only module that reads the environment.

A setting NAME is read from the environment as SUPPORTDESK_NAME, or from the TOML file that SUPPORTDESK_CONFIG
names, as `name`.  DATABASE_URL and PORT are honoured without the prefix too, as hosting services set them.
The order, later ones winning: default, file, environment, the overrides given to `create_app`.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from supportdesk.exceptions import SettingsError
from supportdesk.settings import SETTINGS

PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder `name`, inside an installed wheel or beside the package in a checkout."""
    for base in (PACKAGE, PACKAGE.parent):
        if (base / name).is_dir():
            return base / name
    raise SettingsError(f"The folder {name}/ is missing from this installation. Install the desk again.")


def load(app: Flask, overrides: Mapping[str, Any]) -> None:
    """Fill `app.config`: every setting, then what Flask and its extensions want to be told.  Raises SettingsError."""
    given = {key: value for key, value in overrides.items() if isinstance(value, str) and key in _NAMES}
    app.config.update(read(given))
    app.config.update({key: value for key, value in overrides.items() if key not in given})
    app.config["SETTINGS_FROM"] = _where_from(overrides)
    _derive(app.config, overrides)


def _where_from(overrides: Mapping[str, Any]) -> dict[str, str]:
    """For the page that shows admins how to change a setting: which of them do not have their default, and why."""
    path = os.environ.get("SUPPORTDESK_CONFIG", "")
    found = dict.fromkeys(_file([]), f"the file {path}") | dict.fromkeys(_environment([]), "the environment")
    return found | dict.fromkeys(_NAMES & overrides.keys(), "the program that made the desk")


def read(given: Mapping[str, str]) -> dict[str, Any]:
    """Every setting by its name, `given` winning over file and environment.

    Raises SettingsError naming everything that can't be read, all at once.
    """
    problems: list[str] = []
    defaults = {setting.name: setting.default for setting in SETTINGS}
    texts = defaults | _file(problems) | _environment(problems) | dict(given)
    values = {}
    for setting in SETTINGS:
        try:
            values[setting.name] = setting.read(texts[setting.name])
        except SettingsError as error:
            problems.append(str(error))
    if problems:
        raise SettingsError("\n".join(problems))
    return values


_NAMES = {setting.name for setting in SETTINGS}


def _environment(problems: list[str]) -> dict[str, str]:
    found = {name: os.environ[name] for name in ("DATABASE_URL", "PORT") if os.environ.get(name)}
    prefix = "SUPPORTDESK_"
    ours = {key.removeprefix(prefix): text for key, text in os.environ.items() if key.startswith(prefix)}
    unknown = ours.keys() - _NAMES - {"CONFIG"}
    if unknown:
        names = ", ".join(prefix + name for name in sorted(unknown))
        problems.append(f"No such setting: {names}. docs/configuration.md lists them all.")
    return found | {name: text for name, text in ours.items() if name in _NAMES}


def _file(problems: list[str]) -> dict[str, str]:
    path = os.environ.get("SUPPORTDESK_CONFIG")
    if not path:
        return {}
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        problems.append(f"SUPPORTDESK_CONFIG: {path} can’t be read: {error}")
        return {}
    unknown = {key for key in table if key.upper() not in _NAMES}
    if unknown:
        problems.append(f"{path}: no such setting: {', '.join(sorted(unknown))}.")
    return {key.upper(): _as_text(value) for key, value in table.items() if key not in unknown}


def _as_text(value: Any) -> str:
    """A value of the file as it would stand in the environment."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(_as_text, value)) if isinstance(value, list) else str(value)


def _derive(config: dict[str, Any], overrides: Mapping[str, Any]) -> None:
    """What follows from the settings, under the names that Flask and its extensions know."""
    data = config["DATA_FOLDER"] = Path(config["DATA_FOLDER"]).absolute()
    config["CONTENT_FOLDER"] = Path(config["CONTENT_FOLDER"] or shipped("content")).absolute()
    config["KEYS_FOLDER"] = Path(config["KEYS_FOLDER"] or data / "keys").absolute()
    config["BASE_URL"] = (config["BASE_URL"] or f"http://{config['HOST']}:{config['PORT']}").rstrip("/")
    config["MAIL_FROM"] = config["MAIL_FROM"] or config["EMAIL"]
    config["DESK_ADDRESS"] = config["DESK_ADDRESS"] or config["EMAIL"]
    url = config["DATABASE_URL"] or f"sqlite:///{data / 'desk.sqlite3'}"
    secure = config["SECURE_COOKIES"]
    fixed = {
        "SQLALCHEMY_DATABASE_URI": url,
        "MAX_CONTENT_LENGTH": config["MAX_BODY_BYTES"],
        "MAX_FORM_MEMORY_SIZE": config["MAX_BODY_BYTES"],
        "MAX_FORM_PARTS": 50,
        "TRUSTED_HOSTS": list(config["TRUSTED_HOSTS"]) or None,
        "SESSION_COOKIE_NAME": "__Host-desk" if secure else "desk",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "DEVICE_COOKIE_NAME": "__Host-desk-device" if secure else "desk-device",
        "WTF_CSRF_TIME_LIMIT": None,  # A reply typed all morning is welcome.
        "WTF_CSRF_SSL_STRICT": False,  # Refuses browsers that send no Referer; web.py checks the Origin instead.
        "PROMETHEUS_MULTIPROC_DIR": os.environ.get("PROMETHEUS_MULTIPROC_DIR", ""),  # By gunicorn.conf.py.
        "MAIL_DEBUG": False,  # It would print whole messages.
        "BABEL_DEFAULT_LOCALE": "en_US",
        "BABEL_DEFAULT_TIMEZONE": "UTC",
    }
    config.update({key: value for key, value in fixed.items() if key not in overrides or key in _NAMES})
