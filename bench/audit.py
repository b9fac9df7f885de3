"""What the audit costs: one line by itself, eight writers at once, a ticket page with it and without, and verifying.

Both kinds of page are asked in turn in the same run, so that whatever else the machine does falls on both.
"""

import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import flask_migrate

from supportdesk import clock
from supportdesk.audit import services
from supportdesk.audit.chain import breaks
from supportdesk.audit.models import AuditEvent, What
from supportdesk.audit.queries import whole_chain
from supportdesk.keys import keyring
from tests.conftest import make_app, signed_in
from tests.postgresql import Cluster

LINES, WRITERS, PAGES = 400, 8, 150


def event():
    return AuditEvent(at=clock.now(), what=What.LOOKED, agent_id=1, place="0" * 16, reference="NC-7HK4-92QX", detail="")


def timed(act):
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def write(app, lines):
    with app.app_context():
        return [timed(lambda: services.write([event()])) for _ in range(lines)]


def say(what, waits):
    waits = sorted(waits)
    print(f"  {what:34} p50 {statistics.median(waits):6.1f} ms   p95 {waits[int(len(waits) * 0.95)]:6.1f} ms")


def measure(name, app):
    print(name)
    say("one line, one writer", write(app, LINES))
    begun = time.perf_counter()
    with ThreadPoolExecutor(WRITERS) as pool:
        waits = [wait for some in pool.map(lambda _: write(app, LINES // WRITERS), range(WRITERS)) for wait in some]
    say(f"one line, {WRITERS} writers at once", waits)
    print(f"  {'lines per second, all writers':34} {len(waits) / (time.perf_counter() - begun):6.0f}")

    reference, dana = app.test_client().send(), signed_in(app, "dana@example.org", "Dana Kim")
    path = f"/desk/tickets/{reference}"
    hooks = app.after_request_funcs[None]
    hook = next(hook for hook in hooks if hook.__module__ == "supportdesk.audit.noting")
    with_audit, without = [], []
    for _ in range(PAGES):
        with_audit.append(timed(lambda: dana.open(path)))
        hooks.remove(hook)
        without.append(timed(lambda: dana.open(path)))
        hooks.append(hook)
    say("a ticket page, audited", with_audit)
    say("the same, not audited", without)
    print(f"  {'ratio of the medians':34} {statistics.median(with_audit) / statistics.median(without):6.2f}")

    with app.app_context():
        rows = []
        spent = timed(lambda: list(breaks(whole_chain(), keyring().keyed_hash, rows.append)))
        print(f"  {'verified':34} {len(rows) / spent * 1000:6.0f} lines per second")


def main():
    with tempfile.TemporaryDirectory() as folder, Cluster() as cluster:
        for name, settings in {"SQLite": {}, "PostgreSQL": {"DATABASE_URL": cluster.create_database()}}.items():
            app = make_app(Path(folder) / name, **settings)
            with app.app_context():
                flask_migrate.upgrade()
            measure(name, app)


if __name__ == "__main__":
    sys.exit(main())
