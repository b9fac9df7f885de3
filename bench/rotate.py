"""How long a rotation of the key takes: 100,000 tickets, fresh ones (HPKE) and settled ones, on both databases.

`./desk bench rotate [--tickets N]`; PostgreSQL is measured where its programs are installed.
"""

import sys
import tempfile
import time
from pathlib import Path

import flask_migrate

from bench._tickets import store
from supportdesk import create_app
from supportdesk.database import db
from supportdesk.rotation import queries
from tests.postgresql import Cluster


def rotate(app):
    """Seconds on the clock and of processor time for one `keys rotate`, and for what came in since the last one."""
    begun, worked = time.perf_counter(), time.process_time()
    result = app.test_cli_runner().invoke(args=["keys", "rotate"])
    assert result.exit_code == 0, result.output
    return time.perf_counter() - begun, time.process_time() - worked


def measure(name, number, **settings):
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATA_FOLDER": Path(folder) / "data", "SEARCH_BY_MEANING": "off"} | settings)
        with app.app_context():
            flask_migrate.upgrade()
            for _batch in store(number):
                pass
            for what in ("fresh: HPKE to AES", "settled: AES to AES"):
                seconds, worked = rotate(app)
                print(f"| {name} | {what} | {number:,} | {seconds:.1f} | {worked:.1f} |", flush=True)
            assert len(queries.rows_by_key()) == 1
            db.session.remove()
            db.engine.dispose()


def main():
    number = int(sys.argv[sys.argv.index("--tickets") + 1]) if "--tickets" in sys.argv else 100_000
    print("| database | data keys | tickets | seconds | of processor time |\n| --- | --- | ---: | ---: | ---: |")
    measure("SQLite", number)
    if Cluster.binaries():
        with Cluster() as cluster:
            measure("PostgreSQL", number, DATABASE_URL=cluster.create_database())


if __name__ == "__main__":
    main()
