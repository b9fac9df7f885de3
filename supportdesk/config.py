"""Every setting of the desk: its type, its default and why; the only module that reads the environment.

A setting NAME is read from the environment as SUPPORTDESK_NAME, or from the TOML file that SUPPORTDESK_CONFIG
names, as `name`.  DATABASE_URL and PORT are honoured without the prefix too, as hosting services set them.
The order, later ones winning: default, file, environment, the overrides given to `create_app`.
"""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from supportdesk.exceptions import SettingsError

PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder `name`, inside an installed wheel or beside the package in a checkout."""
    for base in (PACKAGE, PACKAGE.parent):
        if (base / name).is_dir():
            return base / name
    raise SettingsError(f"The folder {name}/ is missing from this installation. Install the desk again.")


def _number(text: str, least: int) -> int:
    try:
        number = int(text)
    except ValueError:
        raise SettingsError(f"write a whole number, not “{text}”") from None
    if number < least:
        raise SettingsError(f"write {least} or more, not “{text}”")
    return number


def _whole(text: str) -> int:
    return _number(text, least=1)


def _whole_or_none(text: str) -> int:
    return _number(text, least=0)


def _yes_no(text: str) -> bool:
    if text.strip().lower() not in {"yes", "no", "true", "false", "on", "off", "1", "0"}:
        raise SettingsError(f"write yes or no, not “{text}”")
    return text.strip().lower() in {"yes", "true", "on", "1"}


def _one_of(*choices: str) -> Callable[[str], str]:
    def choose(text: str) -> str:
        if text not in choices:
            raise SettingsError(f"write one of {', '.join(choices)}, not “{text}”")
        return text

    return choose


def _web_address(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise SettingsError(f"begin it with http:// or https://, not “{text}”")
    return text


def _database(text: str) -> str:
    """An address of a kind of database we know; the fault names no more of it, as it may hold a password."""
    if text and not text.startswith(("sqlite://", "postgres://", "postgresql://", "postgresql+psycopg://")):
        raise SettingsError("write postgresql://user:password@host/name, or leave it empty for SQLite")
    return text.replace("postgres://", "postgresql://", 1)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    help: str
    parse: Callable[[str], Any] = str

    def read(self, text: str) -> Any:
        """The value that `text` stands for; raises SettingsError naming this setting."""
        try:
            return self.parse(text)
        except SettingsError as error:
            raise SettingsError(f"SUPPORTDESK_{self.name}: {error}") from None


SETTINGS = (
    # Where things are
    Setting("DATA_FOLDER", "instance", "Database, keys, search index and written mail live here.", Path),
    Setting("CONTENT_FOLDER", "", "Articles and canned replies. Empty: those that came with the desk."),
    Setting("DATABASE_URL", "", "Empty: SQLite in the data folder. Else postgresql://user@host/name.", _database),
    Setting("HOST", "127.0.0.1", "The address to listen on. Loopback, so that a proxy must be put before it."),
    Setting("PORT", "8000", "The port to listen on.", _whole),
    Setting(
        "BASE_URL",
        "",
        "How patients reach the desk; links in mail start with it. Empty: http://HOST:PORT.",
        _web_address,
    ),
    Setting("WEB_WORKERS", "2", "Web processes; one for each core is enough.", _whole),
    Setting("WEB_THREADS", "32", "Threads in each web process; a slow phone holds one.", _whole),
    # Who it serves
    Setting(
        "ROLE",
        "all",
        "What this process may do: all, public (no private key) or desk.",
        _one_of("all", "public", "desk"),
    ),
    Setting("SECRET_KEY", "", "Signs cookies and receipts. Empty: made on first run in the data folder, 0600."),
    Setting("KEYS_FOLDER", "", "The desk’s key files. Empty: keys/ in the data folder."),
    Setting("TRUSTED_HOSTS", "", "Host names the desk answers to, comma separated. Empty: any.", _words),
    Setting("TRUSTED_PROXIES", "0", "How many proxies stand in front and set X-Forwarded-*.", _whole_or_none),
    Setting("SECURE_COOKIES", "no", "Yes behind HTTPS: cookies get Secure and the __Host- prefix.", _yes_no),
    Setting("SIGN_IN_HOURS", "12", "An agent signs in again after this many hours: a long working day.", _whole),
    # What patients are told
    Setting("PHONE", "1-800-925-4456", "The support line, as people read it."),
    Setting("EMAIL", "support@navigatingcare.com", "The address patients may write to."),
    Setting("SIGN_IN_URL", "https://www.navigatingcare.com/account/login", "Where patients sign in to the portal."),
    Setting("PRIVACY_URL", "https://www.navigatingcare.com/privacy-policy", "The portal’s privacy policy."),
    # Hours and promises
    Setting("TIMEZONE", "America/Los_Angeles", "The zone of the opening hours and of every time on a page."),
    Setting("TIMEZONE_NAME", "Pacific", "What patients call that zone."),
    Setting("OPENING_HOURS", "mon-fri 07:00-17:00", "When people answer; several parts are split by “;”."),
    Setting("HOLIDAYS", "us-federal", "us-federal, none, extra dates, and -dates that are open after all."),
    Setting("REPLY_MINUTES", "600", "A first reply is promised within this many open minutes: one day.", _whole),
    Setting("REPLY_GOAL_MINUTES", "240", "The median first reply the reports measure against.", _whole),
    # Mail
    Setting(
        "MAIL_MODE",
        "files",
        "files: .eml files under outbox/ in the data folder. smtp: sent.",
        _one_of("files", "smtp"),
    ),
    Setting("MAIL_SERVER", "localhost", "The SMTP server."),
    Setting("MAIL_PORT", "587", "Its port.", _whole),
    Setting(
        "MAIL_TLS",
        "starttls",
        "starttls, tls (from the first byte) or none.",
        _one_of("starttls", "tls", "none"),
    ),
    Setting("MAIL_CA_FILE", "", "Certificates to trust instead of the system’s, for a server of your own."),
    Setting("MAIL_USERNAME", "", "Empty: no sign-in at the mail server."),
    Setting("MAIL_PASSWORD", "", "Belongs to MAIL_USERNAME."),
    Setting("MAIL_TIMEOUT", "10", "Seconds a silent mail server may hold the delivery process.", _whole),
    Setting("MAIL_FROM", "", "Sender of every mail. Empty: EMAIL."),
    Setting("DESK_ADDRESS", "", "Where the desk is told of new messages. Empty: EMAIL."),
    # Search
    Setting(
        "SEARCH_BY_MEANING",
        "auto",
        "auto: on where the packages of requirements/semantic.txt are installed. off: by words alone.",
        _one_of("auto", "off"),
    ),
    Setting(
        "SEARCH_COUNT_SECONDS",
        "10",
        "Searches are counted in memory and written this often; 0: they are not counted.",
        _whole_or_none,
    ),
    # Limits
    Setting("QUEUE_PAGE_SIZE", "25", "Tickets on one page of the queue.", _whole),
    Setting(
        "MAX_BODY_BYTES",
        "524288",
        "The largest form taken: 20,000 characters of any script, with room.",
        _whole,
    ),
)


def load(app: Flask, overrides: Mapping[str, Any]) -> None:
    """Fill `app.config`: every setting, then what Flask and its extensions want to be told.  Raises SettingsError."""
    given = {key: value for key, value in overrides.items() if isinstance(value, str) and key in _NAMES}
    app.config.update(read(given))
    app.config.update({key: value for key, value in overrides.items() if key not in given})
    _derive(app.config, overrides)


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
        "WTF_CSRF_TIME_LIMIT": None,  # A reply typed all morning is welcome.
        "WTF_CSRF_SSL_STRICT": False,  # Refuses browsers that send no Referer; web.py checks the Origin instead.
        "MAIL_DEBUG": False,  # It would print whole messages.
        "BABEL_DEFAULT_LOCALE": "en_US",
        "BABEL_DEFAULT_TIMEZONE": "UTC",
    }
    config.update({key: value for key, value in fixed.items() if key not in overrides or key in _NAMES})
