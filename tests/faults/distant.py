"""A browser for people who use a desk of real processes: what `tests.people.Person` needs of a test client."""

from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

PATIENCE = 60.0  # Seconds.


@dataclass(frozen=True)
class Answer:
    status_code: int
    text: str
    location: str


class DistantBrowser:
    """Keeps cookies; follows no redirects."""

    def __init__(self, port):
        self._port, self._cookies = port, {}

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, data):
        return self._ask("POST", path, urlencode(data))

    def _ask(self, method, path, body=None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)) as line:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie", ()):
                name, _, value = cookie.partition(";")[0].partition("=")
                self._cookies[name] = value
            return Answer(answer.status, answer.read().decode(), answer.headers.get("Location", ""))
