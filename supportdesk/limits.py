"""How often one address may send, search or try to sign in, so that nobody can crowd the others out.

And how much mail strangers can have us send to one mailbox, by typing its address into a form.

Addresses are counted as keyed hashes, households of IPv6 as one, in a file that the processes of this machine share;
in Redis where SUPPORTDESK_REDIS_URL names one, so that several machines count together.  Where neither can be reached,
each process counts for itself: a limit that fails must not keep a patient from sending.
"""

import logging
import math
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, request
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import ConfigurationError
from limits.storage import RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from supportdesk import clock
from supportdesk.addresses import network
from supportdesk.counters import OwnMemory, SharedFile
from supportdesk.exceptions import SettingsError
from supportdesk.health import Finding, add_check
from supportdesk.keys import keyring

_log = logging.getLogger("supportdesk.limits")

_REDIS_PATIENCE = 0.25  # Seconds.
_TRY_AGAIN = 30.0  # Seconds after which a storage that failed is asked again.

# What is limited -> the settings that say how often, and the window each is about.
LIMITED: Mapping[str, Mapping[str, type[RateLimitItem]]] = {
    "requests": {"REQUESTS_PER_HOUR": RateLimitItemPerHour, "REQUESTS_PER_DAY": RateLimitItemPerDay},
    "comments": {"COMMENTS_PER_HOUR": RateLimitItemPerHour},
    "acknowledgements": {
        "ACKNOWLEDGEMENTS_PER_HOUR": RateLimitItemPerHour,
        "ACKNOWLEDGEMENTS_PER_DAY": RateLimitItemPerDay,
    },
    "new links": {
        "ACKNOWLEDGEMENTS_PER_HOUR": RateLimitItemPerHour,
        "ACKNOWLEDGEMENTS_PER_DAY": RateLimitItemPerDay,
    },
    "searches": {"SEARCHES_PER_MINUTE": RateLimitItemPerMinute},
    "own page": {"OWN_PAGE_PER_MINUTE": RateLimitItemPerMinute},
}


def init_app(app: Flask) -> None:
    app.extensions["limits"] = Limits(_storage(app), app.config)
    if app.config["REDIS_URL"]:
        add_check(app, "limits", _redis)
    app.before_request(_warn_of_a_proxy_nobody_told_us_of)


def _storage(app: Flask) -> Storage:
    url = app.config["REDIS_URL"]
    if not url:
        return SharedFile(app.config["DATA_FOLDER"] / "limits.sqlite3")
    from redis.exceptions import RedisError  # noqa: PLC0415  Five megabytes that few desks need.

    try:
        return RedisStorage(url, socket_timeout=_REDIS_PATIENCE, socket_connect_timeout=_REDIS_PATIENCE)
    except (ConfigurationError, ValueError, RedisError):
        raise SettingsError("SUPPORTDESK_REDIS_URL: write redis://host:6379/0, or leave it empty") from None


def _redis() -> Iterable[Finding]:
    limits: Limits = current_app.extensions["limits"]
    if not limits.are_shared():
        yield Finding(
            "Redis does not answer, so each process counts for itself how often an address asks.",
            "Start it, or mend SUPPORTDESK_REDIS_URL.",
        )


class Limits:
    """The counts of this process, shared with the others as far as they can be reached."""

    def __init__(self, storage: Storage, settings: Mapping[str, int]) -> None:
        self._shared = FixedWindowRateLimiter(storage)
        self._own = FixedWindowRateLimiter(OwnMemory())
        self._failures: tuple[type[Exception], ...] = (OSError, *_as_tuple(storage.base_exceptions))
        self._rest_until = 0.0
        self._items = {
            what: [window(settings[name]) for name, window in rules.items() if settings[name]]
            for what, rules in LIMITED.items()
        }

    def are_shared(self) -> bool:
        """Whether the other processes are told of what this one counts; asked now, however it was a moment ago."""
        try:
            return bool(self._shared.storage.check())
        except self._failures:
            return False

    def spend(self, what: str, who: str) -> int:
        """Count one of `what` by `who`; the seconds to wait where that is one too many, else 0."""
        for item in self._items[what]:
            if wait := self._spend(item, what, who):
                return wait
        return 0

    def _spend(self, item: RateLimitItem, what: str, who: str) -> int:
        now = clock.now().timestamp()
        if now >= self._rest_until:
            try:
                return _seconds(self._shared, item, what, who, now)
            except self._failures as error:
                _log.warning("Each process counts for itself for now: %s", type(error).__name__)
                self._rest_until = now + _TRY_AGAIN
        try:
            return _seconds(self._own, item, what, who, now)
        except (sqlite3.Error, MemoryError):
            return 0


def _as_tuple(kinds: type[Exception] | tuple[type[Exception], ...]) -> tuple[type[Exception], ...]:
    return kinds if isinstance(kinds, tuple) else (kinds,)


def _seconds(limiter: FixedWindowRateLimiter, item: RateLimitItem, what: str, who: str, now: float) -> int:
    if limiter.hit(item, what, who):
        return 0
    return max(1, math.ceil(limiter.get_window_stats(item, what, who).reset_time - now))


def seconds_to_wait(what: str) -> int:
    """Count one of `what` by whoever asks now; the seconds to wait where that is one too many, else 0."""
    limits: Limits = current_app.extensions["limits"]
    return limits.spend(what, keyring().keyed_hash("address", network(request.remote_addr)).hex())


def mailbox_is_full(what: str, email: str) -> bool:
    """Count one of `what` that is to go to a mailbox; whether that is one too many, and has to be held back.

    Whoever types an address need not own it.  What many servers put into one mailbox is one: a.b+c@ is ab@.
    """
    limits: Limits = current_app.extensions["limits"]
    local, _, domain = email.strip().lower().rpartition("@")
    mailbox = f"{local.partition('+')[0].replace('.', '')}@{domain}"
    return bool(limits.spend(what, keyring().keyed_hash("mailbox", mailbox).hex()))


P = ParamSpec("P")
T = TypeVar("T")


def limited(what: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A page, or what is done for one, that an address can have only so often; else 429 and when to come back."""

    def wrap(made: Callable[P, T]) -> Callable[P, T]:
        @wraps(made)
        def limited_so(*args: P.args, **kwargs: P.kwargs) -> T:
            if wait := seconds_to_wait(what):
                raise TooManyRequests(retry_after=wait)
            return made(*args, **kwargs)

        return limited_so

    return wrap


def _warn_of_a_proxy_nobody_told_us_of() -> None:
    """Behind such a proxy all patients have one address, and would use up one another's turns."""
    told: set[str] = current_app.extensions.setdefault("told once", set())
    if "X-Forwarded-For" in request.headers and not current_app.config["TRUSTED_PROXIES"] and "proxy" not in told:
        told.add("proxy")
        _log.warning(
            "Requests come through a proxy (X-Forwarded-For), but SUPPORTDESK_TRUSTED_PROXIES is 0: everyone behind it "
            "counts as one address. Set it to the number of proxies."
        )
