"""Ten thousand mails to a mail server on loopback: how many a second, and does the process that sends them grow?

    ./desk bench delivery [--mails 10000]

The outbox is filled as requests fill it, sealed; the sending process is the one that an operator starts.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import flask_migrate

from supportdesk import clock, create_app
from supportdesk.database import db
from supportdesk.mail.compose import queue_mail

ROOT = Path(__file__).parent.parent
STEPS = 10


class Sink:
    """A mail server that takes everything and keeps nothing but a count."""

    def __init__(self):
        self.taken, self.loop, self.ready = 0, asyncio.new_event_loop(), threading.Event()

    async def talk(self, reader, writer):
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            command = line[:4].upper()
            if command == b"DATA":
                writer.write(b"354 go on\r\n")
                while await reader.readline() != b".\r\n":
                    pass
                self.taken += 1
            writer.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")
            await writer.drain()
            if command == b"QUIT":
                break
        writer.close()

    def run(self):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self.talk, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()


@contextmanager
def sink():
    server = Sink()
    threading.Thread(target=server.run, daemon=True).start()
    server.ready.wait(10)
    yield server
    server.loop.call_soon_threadsafe(server.loop.stop)


def fill(settings, mails):
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        at = clock.now()
        for number in range(mails):
            about = {"reference": "NC-7HK4-92QX", "link_token": "x" * 43}
            queue_mail("reply", f"somebody{number}@example.com", at, **about)
            if number % 1000 == 999:
                db.session.commit()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def memory(process):
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=10_000)
    mails = parser.parse_args().mails
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as folder, sink() as post:
        settings = {"DATA_FOLDER": folder, "MAIL_MODE": "smtp", "MAIL_SERVER": "127.0.0.1", "MAIL_TLS": "none"}
        settings |= {"MAIL_PORT": str(post.port), "SEARCH_BY_MEANING": "off"}
        fill(settings, mails)
        environment = {f"SUPPORTDESK_{name}": value for name, value in settings.items()}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "outbox", "deliver", "--watch"]
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
        print("| mails sent | MB | mails/s since the line before |\n| ---: | ---: | ---: |")
        try:
            while not post.taken:
                time.sleep(0.01)
            first = before = time.perf_counter()
            for step in range(1, STEPS + 1):
                while post.taken < mails * step // STEPS:
                    assert process.poll() is None, "the delivery has ended"
                    time.sleep(0.01)
                now = time.perf_counter()
                rate = mails / STEPS / (now - before)
                print(f"| {post.taken:,} | {memory(process):.1f} | {rate:,.0f} |", flush=True)
                before = now
            print(f"\n{mails / (before - first):,.0f} mails a second.")
        finally:
            process.terminate()
            process.wait(30)


if __name__ == "__main__":
    main()
