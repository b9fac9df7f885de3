"""How gunicorn serves the desk; what differs between machines comes from the desk's settings."""

import os
import resource
import shutil
import sys
import tempfile
from contextlib import suppress

import click
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

# Before anything large is loaded: where memory is short, that ends in the middle, with words that help nobody.
_memory, _least = resource.getrlimit(resource.RLIMIT_AS)[0] >> 20, 512  # MB.


def _must_have(least: int) -> None:
    if 0 <= _memory < least:  # No limit is below zero.
        sys.exit(
            f"desk: this process may take {_memory} MB of memory (ulimit -v), and needs {least}. "
            "Type: ulimit -v unlimited; or have fewer threads: SUPPORTDESK_WEB_THREADS=8"
        )


_must_have(_least)

from supportdesk import faq, hardening, logs, started  # noqa: E402
from supportdesk.arriving import WholeRequests  # noqa: E402
from supportdesk.config import read  # noqa: E402
from supportdesk.exceptions import SettingsError  # noqa: E402

try:
    settings = read({})
except SettingsError as error:
    sys.exit(f"desk: {error}")

_host = f"[{settings['HOST']}]" if ":" in settings["HOST"] else settings["HOST"]
bind = [f"{_host}:{settings['PORT']}"]

# A thread waits wherever the database is busy, and never for a slow phone: see supportdesk/arriving.py, and
# tests/faults/ for how many of those may come.  Processes use the cores.
worker_class = "supportdesk.arriving.WholeRequests"
WholeRequests.longest_body = settings["MAX_BODY_BYTES"]
workers = settings["WEB_WORKERS"]
threads = settings["WEB_THREADS"]
_must_have(_least + threads * 9)  # Each has a stack, taken when the process starts.
worker_connections = 500  # Of one process; when it has as many, who takes longest to say what they want makes room.
# Each process builds its own app: no database connection, lock or thread has to survive a fork, and
# `kill -HUP` takes up changed settings and keys without dropping a request.
preload_app = False
# A worker that shows no sign of life for so long is killed and replaced.  Its sign is a file's date: in memory where
# possible, as a disk that is busy for that long would otherwise get healthy workers killed.
timeout = 60
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  A name in it is made by mkstemp.
# Told to stop, finish what was begun: somebody may have just pressed “Send”.
graceful_timeout = 30
keepalive = 5  # Seconds; a browser fetching a page's style sheets needs no second connection for them.

# Where the processes count together for /metrics; before the library that counts is loaded.
if settings["METRICS_TOKEN"]:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="desk-metrics-", dir=worker_tmp_dir)

# A search of many words is long; anything longer than this is not from our pages.
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190

# supportdesk/web.py alone believes a proxy, and only as many as TRUSTED_PROXIES says.
forwarded_allow_ips = ""
# Whoever runs as the same user could stop the desk through it, and two desks would fight for one path.
control_socket_disable = True
# An access log would hold addresses and search words, and so would gunicorn's warnings about odd requests.
# Our own lines, see supportdesk/logs.py, name a request by its route.
accesslog = None
loglevel = "error"
logconfig_dict = logs.GUNICORN

hardening.keep_memory_private()  # A core dump would hold whatever somebody is sending just then.
os.umask(0o077)  # What the desk writes is for its owner only; gunicorn's own `umask` means its own files.


def when_ready(server: Arbiter) -> None:
    public = f", for patients {settings['BASE_URL']}" if settings["BASE_URL"] else ""
    with suppress(OSError):  # No room to say it is no reason not to serve.
        click.echo(f"The help centre is at {server.LISTENERS[0]}{public}. Press Ctrl-C to stop.")


def post_worker_init(worker: Worker) -> None:
    logs.speak_up()
    faq.warm_up(worker.wsgi)
    started.tell(worker.wsgi)


def on_exit(_server: Arbiter) -> None:
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(folder, ignore_errors=True)
