"""The real thing for a test: gunicorn and the delivery process, as an operator starts them, in a folder of its own."""

import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlencode

from tests.desks import first_start
from tests.people import REQUEST, all_hidden, hidden, reference_on

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0  # Seconds until a test gives up on a process; on a busy machine they start slowly.
UNPREFIXED = "PORT", "DATABASE_URL"


def until(happens, what, patience=PATIENCE):
    """Wait for a real process: ask `happens()` again and again; returns what it said, or fails naming `what`."""
    deadline = time.monotonic() + patience
    while not (answer := happens()):
        assert time.monotonic() < deadline, f"waited {patience:.0f} s in vain for {what}"
        time.sleep(0.05)
    return answer


@dataclass(frozen=True)
class Answer:
    """What the desk said to one request; redirects are not followed."""

    status: int
    headers: dict
    text: str

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def location(self):
        return self.headers["Location"]


class Server:
    """A desk of its own: `with serving(tmp_path) as desk:`."""

    def __init__(self, folder, **settings):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.data = folder, folder / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        usual = {"DATA_FOLDER": self.data, "PORT": self.port, "WEB_THREADS": 8, "SEARCH_BY_MEANING": "off"}
        usual |= {"REQUESTS_PER_HOUR": 0, "REQUESTS_PER_DAY": 0, "OWN_PAGE_PER_MINUTE": 0, "COMMENTS_PER_HOUR": 0}
        usual |= {"ACKNOWLEDGEMENTS_PER_HOUR": 0, "ACKNOWLEDGEMENTS_PER_DAY": 0}
        usual |= {"TOO_FAST_SECONDS": 0}  # A driven browser types faster than people do.
        usual |= {"UNDO_SECONDS": 0}  # Mail goes out at once, but where a test is about taking it back.
        usual |= {"ONE_TIME_CODES": "off"}  # Their own tests turn them on.
        theirs = {name: value for name, value in os.environ.items() if name not in UNPREFIXED}
        self.environment = {name: value for name, value in theirs.items() if not name.startswith("SUPPORTDESK_")}
        self.environment |= {f"SUPPORTDESK_{name}": str(value) for name, value in (usual | settings).items()}
        self.web = self.delivery = None

    def flask(self, *words):
        """Run a command to its end; returns what it printed."""
        done = subprocess.run(
            self._command("flask", "--app", "wsgi", *words),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start_web(self):
        """Start gunicorn, and wait until it answers."""
        self.web = self._start("web.log", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app")
        until(self._answers, f"gunicorn to answer; it said: {self.log()}")

    def start_delivery(self, **settings):
        """Start the process that delivers mail, with other settings for it alone."""
        more = {f"SUPPORTDESK_{name}": str(value) for name, value in settings.items()}
        self.delivery = self._start("delivery.log", "flask", "--app", "wsgi", "outbox", "deliver", "--watch", **more)

    def stop(self, process):
        """Ask a process to end, as systemd would; returns its exit code."""
        if process.poll() is None:
            process.terminate()
        return process.wait(PATIENCE)

    def kill(self, process):
        """The power goes: no process of the group can put anything in order."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)

    def stop_all(self):
        for process in filter(None, (self.delivery, self.web)):
            self.stop(process)

    @contextmanager
    def out_of_service(self):
        """Nobody answers meanwhile."""
        self.kill(self.web)
        try:
            yield
        finally:
            self.start_web()

    @contextmanager
    def locked(self):
        """Somebody else holds the SQLite database meanwhile."""
        with closing(sqlite3.connect(self.data / "desk.sqlite3", isolation_level=None)) as connection:
            connection.execute("begin exclusive")
            yield
            connection.execute("rollback")

    def get(self, path, query=None, headers=None):
        """GET over a connection of its own, so that any worker may take it."""
        return self._ask("GET", path + (f"?{urlencode(query, quote_via=quote)}" if query else ""), headers=headers)

    def post(self, path, form):
        fields = urlencode(form)
        return self._ask("POST", path, fields, {"Content-Type": "application/x-www-form-urlencoded"})

    def fill_in(self, **answers):
        """Open the form, and fill it in as Walter would, but for what is said otherwise."""
        key = hidden(self.get("/requests/new").text, "submission_key")
        return REQUEST | {"submission_key": key} | answers

    def send(self, **answers):
        """Send a request; returns the reference of the thank-you page."""
        answer = self.post("/requests/new", self.fill_in(**answers))
        if answer.status == 200:  # The page before sending.
            answer = self.post("/requests/new", all_hidden(answer.text) | {"then": "send"})
        assert answer.status == 303, answer.text
        return reference_on(self.get(answer.location).text)

    def add_agent(self, email, name):
        """Add an agent; returns the one-time password."""
        return re.search(r"one-time password (\S+)", self.flask("agents", "add", email, name))[1]

    def letters(self, template="*"):
        """The mail that has gone out so far, oldest first."""
        files = (self.data / "outbox").glob(f"[!.]*-{template}.eml")
        oldest_first = sorted(files, key=lambda file: int(file.name.split("-")[2]))
        return [message_from_bytes(file.read_bytes(), policy=default) for file in oldest_first]

    def log(self, name="web.log"):
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def _answers(self):
        assert self.web.poll() is None, f"gunicorn has ended: {self.log()}"
        try:
            return self.get("/healthz").status == 200
        except (OSError, HTTPException):
            return False

    def _ask(self, method, path, body=None, headers=None, patience=PATIENCE):
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=patience)) as connection:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())

    def _start(self, log, *words, **more):
        with (self.folder / log).open("ab") as file:
            return subprocess.Popen(
                self._command(*words),
                cwd=ROOT,
                env=self.environment | more,
                stdout=file,
                stderr=file,
                start_new_session=True,  # A group of its own, so that all of it can be killed at once.
            )

    def _command(self, module, *words):
        return [sys.executable, "-m", module, *map(str, words)]


class Visitor:
    """Somebody's browser at a server, or at another one from its next click on: keeps its cookies, and nothing else."""

    def __init__(self, server):
        self.server, self.cookies = server, {}

    def ask(self, method, path, form=None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.server._ask(method, path, urlencode(form) if form is not None else None, headers)
        self.cookies |= dict(re.findall(r"^(\S+?)=([^;]*)", answer.headers.get("Set-Cookie", "")))
        return answer

    def fill_in(self, page, **answers):
        return {"csrf_token": hidden(self.ask("GET", page).text, "csrf_token")} | answers

    def sign_in(self, email, one_time, password="a long night of quiet seas"):
        """As a new agent does: with the one-time password, and then a password of their own."""
        form = self.fill_in("/desk/sign-in", email=email, password=one_time)
        assert self.ask("POST", "/desk/sign-in", form).status == 303
        form = self.fill_in("/desk/password", current=one_time, password=password, again=password)
        assert self.ask("POST", "/desk/password", form).status == 303


@contextmanager
def serving(folder, *, delivery=True, environment=None, **settings):
    """A running desk that was started once before; both its processes have ended afterwards."""
    desk = Server(folder, **settings)
    desk.environment |= environment or {}
    shutil.copytree(first_start(), desk.data, dirs_exist_ok=True)
    if "DATABASE_URL" in settings:
        desk.flask("db", "upgrade")
    try:
        desk.start_web()
        if delivery:
            desk.start_delivery()
        yield desk
    finally:
        desk.stop_all()


def free_port():
    """A free port below those that the system hands out to clients, who could take it before we do."""
    while True:
        port = random.randint(20_000, 32_000)
        with closing(socket.socket()) as attempt:
            if attempt.connect_ex(("127.0.0.1", port)):
                return port
