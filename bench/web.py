"""Requests per second of the desk's pages, beside a bare Flask page of the same size under the same gunicorn.

Both servers run at the same time and are asked in turn, so that whatever else the machine does falls on both.
Figures are ratios first; they stand in docs/performance.md.
"""

import http.client
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).parent.parent
CLIENTS = 8
SECONDS = 2.0
ROUNDS = 3


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(target, port, **environment):
    command = [
        *(sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-k", "gthread", "-w", "2", "--threads", "8"),
        *("--no-control-socket", "--log-level", "error", target),
    ]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)


def wait_for(port):
    for _ in range(200):
        try:
            return ask(http.client.HTTPConnection("127.0.0.1", port), "/")
        except OSError:
            time.sleep(0.1)
    raise SystemExit("bench: the server did not come up")


def ask(connection, path, body=None):
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request("POST" if body else "GET", path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def load(port, path, fields=None):
    """Every client asks as fast as it is answered; returns answers per second and the sorted waits in ms."""
    waits, ends = [], time.perf_counter() + SECONDS

    def client(number):
        connection, count = http.client.HTTPConnection("127.0.0.1", port), 0
        while (begun := time.perf_counter()) < ends:
            count += 1
            body = urlencode(fields | {"message": f"{number} {count} {begun}"}) if fields else None
            status, _ = ask(connection, path, body)
            assert status in {200, 303}, f"{path}: {status}"
            waits.append((time.perf_counter() - begun) * 1000)

    crowd = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    begun = time.perf_counter()
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    return len(waits) / (time.perf_counter() - begun), sorted(waits)


def main():
    folder = Path(tempfile.mkdtemp(prefix="desk-bench-"))
    settings = {"SUPPORTDESK_DATA_FOLDER": str(folder / "data")}
    desk_port, bare_port = free_port(), free_port()
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"],
        cwd=ROOT, env=os.environ | settings, check=True, capture_output=True,
    )  # fmt: skip
    desk = serve("wsgi:app", desk_port, **settings)
    _, page = wait_for(desk_port)
    bare = serve(f"bench.bare:create_app({len(page)})", bare_port)
    wait_for(bare_port)
    try:
        report(desk_port, bare_port, len(page))
    finally:
        for server in (desk, bare):
            server.send_signal(signal.SIGTERM)
            server.wait(30)
        shutil.rmtree(folder)


def report(desk_port, bare_port, size):
    form = ask(http.client.HTTPConnection("127.0.0.1", desk_port), "/requests/new")[1].decode()
    key = re.search(r'name="submission_key" value="([^"]+)"', form)[1]
    fields = {
        "name": "Ann",
        "email": "ann@example.com",
        "topic": "sign-in",
        "subject": "A question",
        "submission_key": key,
    }
    asked = {
        "a bare page": (bare_port, "/", None),
        "/": (desk_port, "/", None),
        "an article": (desk_port, "/articles/forgot-password", None),
        "/search?q=": (desk_port, "/search?q=cant+log+in", None),
        "/suggest.json?q=": (desk_port, "/suggest.json?q=forgot+pas", None),
        "a form post": (desk_port, "/requests/new", fields),
    }
    rates, waits = {name: [] for name in asked}, {name: [] for name in asked}
    for _ in range(ROUNDS):
        for name, question in asked.items():
            rate, times = load(*question)
            rates[name].append(rate)
            waits[name] += times
    base = statistics.median(rates["a bare page"])
    print(
        f"{CLIENTS} clients, {ROUNDS} rounds of {SECONDS:.0f} s each, gunicorn -w 2 --threads 8, page of {size:,} bytes"
    )
    print("\n| page | requests/s | of the bare page | p50 ms | p95 ms |\n| --- | ---: | ---: | ---: | ---: |")
    for name in asked:
        ordered, rate = sorted(waits[name]), statistics.median(rates[name])
        half, most = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
        print(f"| {name} | {rate:,.0f} | {rate / base:.2f} | {half:.1f} | {most:.1f} |")


if __name__ == "__main__":
    main()
