"""What sealing costs: writing, reading and searching tickets with it and without, in one run.

`./desk bench sealing [--rounds N]`.  “Without” is the same program whose seals put words down as they are: keys are not
made, not sealed and not opened, and hashes are plain checksums.  Both take turns, so that whatever else the machine
does falls on both.  Processor time and time on the clock; the ratio is of the medians.
"""

import statistics
import sys
import tempfile
import time
import zlib
from contextlib import contextmanager
from pathlib import Path

import flask_migrate

from bench._tickets import Writer
from supportdesk import create_app
from supportdesk.database import db
from supportdesk.sealing import DataKey, Keyring
from supportdesk.tickets import intake
from supportdesk.tickets.finding import queries as finding
from supportdesk.tickets.finding import terms
from supportdesk.tickets.queries import ticket_for_agent

ROUNDS = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 150
PLAIN = {
    (DataKey, "seal"): lambda _key, words, _place: words.encode(),
    (DataKey, "open"): lambda _key, sealed, _place: sealed.decode(),
    (Keyring, "seal_key"): lambda _ring, _key, _place: b"plain",
    (Keyring, "open_key"): lambda _ring, _sealed, _key_id, _place: _KEY,
    (Keyring, "keyed_hash"): lambda _ring, _purpose, text: text.encode()[:32].ljust(32),
    (finding, "term_hashes"): lambda words: {word: zlib.crc32(word.encode()) for word in words},
    (terms, "term_hashes"): lambda words: {word: zlib.crc32(word.encode()) for word in words},
}
_KEY = DataKey(b"k" * 32)


@contextmanager
def without_sealing():
    """The same program, sealing nothing.  Here alone; no setting does this."""
    kept = {(owner, name): getattr(owner, name) for owner, name in PLAIN}
    for (owner, name), plain in PLAIN.items():
        setattr(owner, name, plain)
    try:
        yield
    finally:
        for (owner, name), sealed in kept.items():
            setattr(owner, name, sealed)


@contextmanager
def as_it_is():
    yield


class Desk:
    """One of the two: its own database, and what each act took, on the clock and of processor time."""

    def __init__(self, folder, manner):
        self.app = create_app({"DATA_FOLDER": Path(folder) / "data", "SEARCH_BY_MEANING": "off"})
        self.manner, self.writer, self.references = manner, Writer(), []
        self.took = {}
        with self.app.app_context():
            flask_migrate.upgrade()

    def do(self, what, act):
        with self.app.app_context(), self.manner():
            clock, work = time.perf_counter(), time.process_time()
            answer = act()
            took = time.perf_counter() - clock, time.process_time() - work
            db.session.remove()
        self.took.setdefault(what, []).append(took)
        return answer

    def write(self, number):
        words = self.writer.ticket()
        words = {name: words[name] for name in ("name", "email", "subject")} | {"message": words["messages"][0]}
        receipt = self.do("write", lambda: intake.open_ticket(**words, topic="sign-in", submission_key=f"key {number}"))
        self.references.append(receipt.reference)

    def read(self, number):
        def open_it():
            ticket = ticket_for_agent(self.references[number])
            return ticket.name, ticket.email, ticket.subject, [message.body for message in ticket.messages]

        self.do("read", open_it)

    def search(self, _number):
        typed = " ".join(self.writer.dice.choices(self.writer.common, k=2))
        self.do("search", lambda: finding.find_tickets(typed, None, finding.by_hashes))

    def median(self, what, which):
        return statistics.median(took[which] for took in self.took[what]) * 1000


def main():
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        sealed, plain = Desk(one, as_it_is), Desk(other, without_sealing)
        for what in ("write", "read", "search"):
            for number in range(ROUNDS):
                for desk in (sealed, plain) if number % 2 else (plain, sealed):
                    getattr(desk, what)(number)
        print("| act | sealed ms | plain ms | ratio | processor: sealed ms | plain ms | ratio |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        for what in ("write", "read", "search"):
            clock, work = ([desk.median(what, which) for desk in (sealed, plain)] for which in (0, 1))
            cells = [f"{a:.2f} | {b:.2f} | {a / b:.2f}" for a, b in (clock, work)]
            print(f"| {what} | {' | '.join(cells)} |")
        for desk in (sealed, plain):
            with desk.app.app_context():
                db.engine.dispose()


if __name__ == "__main__":
    main()
