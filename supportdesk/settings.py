"""Every setting of the desk: its name, its default, what it is for and how its text is read.  Pure.

supportdesk/config.py finds the texts; docs/configuration.md says the same to the operator, and a test compares them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from supportdesk.exceptions import SettingsError

_SHORTEST_TOKEN = 20  # Characters.


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


def _token(text: str) -> str:
    if text and len(text) < _SHORTEST_TOKEN:
        raise SettingsError(f"write {_SHORTEST_TOKEN} random characters or more, or leave it empty")
    return text


def _web_address(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise SettingsError(f"begin it with http:// or https://, not “{text}”")
    return text


def _database(text: str) -> str:
    """An address of a kind of database we know; the fault names no more of it, as it may hold a password."""
    if text and not text.startswith(("sqlite://", "postgres://", "postgresql://", "postgresql+psycopg://")):
        raise SettingsError("write postgresql://user:password@host/name, or leave it empty for SQLite")
    return text.replace("postgres://", "postgresql://", 1)


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ValueError, KeyError, OSError):  # An OSError where it is a folder of zones, such as “Pacific”.
        raise SettingsError(f"write a time zone such as America/Los_Angeles, not “{text}”") from None
    return text


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
        "How patients reach the desk; links in mail and for search engines start with it. Empty: http://HOST:PORT.",
        _web_address,
    ),
    Setting("WEB_WORKERS", "2", "Web processes; one for each core is enough.", _whole),
    Setting(
        "WEB_THREADS", "64", "Threads in each web process: so many requests at once. A slow phone holds none.", _whole
    ),
    Setting(
        "LOG_FORMAT",
        "auto",
        "json: a line for each request and event, for programs. text: for people. auto: text on a terminal, else json.",
        _one_of("auto", "json", "text"),
    ),
    Setting("METRICS_TOKEN", "", "Opens /metrics, sent as “Authorization: Bearer …”. Empty: no such page.", _token),
    # Who it serves
    Setting(
        "ROLE",
        "all",
        "What this process may do: all, public (no private key), desk, or delivery (no pages).",
        _one_of("all", "public", "desk", "delivery"),
    ),
    Setting("SECRET_KEY", "", "Signs cookies and receipts. Empty: made on first run in the data folder, 0600."),
    Setting("KEYS_FOLDER", "", "The desk’s key files. Empty: keys/ in the data folder."),
    Setting("TRUSTED_HOSTS", "", "Host names the desk answers to, comma separated. Empty: any.", _words),
    Setting("TRUSTED_PROXIES", "0", "How many proxies stand in front and set X-Forwarded-*.", _whole_or_none),
    Setting("SECURE_COOKIES", "no", "Yes behind HTTPS: cookies get Secure and the __Host- prefix.", _yes_no),
    Setting("SIGN_IN_HOURS", "12", "An agent signs in again after this many hours: a long working day.", _whole),
    Setting("SIGN_IN_IDLE_MINUTES", "30", "Without a click for so long, an agent is signed out.", _whole),
    Setting(
        "ONE_TIME_CODES",
        "required",
        "required: agents sign in with a password and a code of their phone. off: for a demo.",
        _one_of("required", "off"),
    ),
    Setting(
        "UNDO_SECONDS", "10", "A reply’s mail waits so long, and its agent can take it back. 0: none.", _whole_or_none
    ),
    # What patients are told
    Setting("PHONE", "1-800-925-4456", "The support line, as people read it."),
    Setting("EMAIL", "support@navigatingcare.com", "The address patients may write to."),
    Setting("SIGN_IN_URL", "https://www.navigatingcare.com/account/login", "Where patients sign in to the portal."),
    Setting("PRIVACY_URL", "https://www.navigatingcare.com/privacy-policy", "The portal’s privacy policy."),
    # Hours and promises
    Setting("TIMEZONE", "America/Los_Angeles", "The zone of the opening hours and of every time on a page.", _zone),
    Setting("TIMEZONE_NAME", "Pacific", "What patients call that zone."),
    Setting("OPENING_HOURS", "mon-fri 07:00-17:00", "When people answer; several parts are split by “;”."),
    Setting("HOLIDAYS", "us-federal", "us-federal, none, extra dates, and -dates that are open after all."),
    Setting("REPLY_MINUTES", "600", "A first reply is promised within this many open minutes: one day.", _whole),
    Setting(
        "REPLY_TARGETS",
        "",
        "Other targets by priority and topic, in open minutes: first/further. “urgent 60/120; high billing 240”.",
    ),
    Setting("REPLY_GOAL_MINUTES", "240", "The median first reply the reports measure against.", _whole),
    # Keeping
    Setting("KEEP_MONTHS", "24", "Tickets that nobody touched for so long lose their words; 0: kept.", _whole_or_none),
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
    Setting(
        "MAIL_REPLY_TEXT",
        "no",
        "Yes: an agent’s reply travels in the mail itself, readable by whoever handles it on the way.",
        _yes_no,
    ),
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
    Setting(
        "TICKET_WORD_INDEX",
        "yes",
        "Agents’ search of tickets by keyed hashes of the words. no: none are kept, and it opens every ticket.",
        _yes_no,
    ),
    # Limits
    Setting(
        "REQUESTS_PER_HOUR",
        "20",
        "Messages one address may send within an hour; what was typed stays on the page. 0: any number.",
        _whole_or_none,
    ),
    Setting("REQUESTS_PER_DAY", "240", "The same within a day: a whole clinic may share an address.", _whole_or_none),
    Setting(
        "COMMENTS_PER_HOUR",
        "20",
        "Comments on articles one address may send within an hour; what was typed stays on the page. 0: any number.",
        _whole_or_none,
    ),
    Setting(
        "ACKNOWLEDGEMENTS_PER_HOUR",
        "5",
        "Acknowledgements, and new links, that go to one e-mail address within an hour; every request is kept. 0: any.",
        _whole_or_none,
    ),
    Setting(
        "ACKNOWLEDGEMENTS_PER_DAY", "20", "The same within a day: anybody can type another’s address.", _whole_or_none
    ),
    Setting(
        "SEARCHES_PER_MINUTE",
        "6000",
        "Searches, suggestions and looks at what is being written that one address may ask for in a minute. 0: any.",
        _whole_or_none,
    ),
    Setting(
        "OWN_PAGE_PER_MINUTE",
        "60",
        "Links, codes and messages one address may send on requesters’ own pages within a minute. 0: any number.",
        _whole_or_none,
    ),
    Setting(
        "TOO_FAST_SECONDS",
        "3",
        "A form sent sooner after it was opened is held for review: programs fill in so fast. 0: none is.",
        _whole_or_none,
    ),
    Setting(
        "REDIS_URL",
        "",
        "redis://host:6379/0: several machines count these together. Empty: each machine for itself.",
    ),
    Setting("QUEUE_PAGE_SIZE", "25", "Tickets on one page of the queue.", _whole),
    Setting("MAX_BODY_BYTES", "524288", "The largest form taken: 20,000 letters of any script, with room.", _whole),
)
