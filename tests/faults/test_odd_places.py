"""A machine set up oddly: no room for the log, too few open files, another language and time zone, a power cut."""

import os
import resource
import shutil
import sqlite3
import subprocess
from contextlib import closing
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.conftest import ROOT, unavailable
from tests.desks import first_start
from tests.faults.test_memory import workers
from tests.people import reference_on
from tests.server import Server, serving, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WORDS = "The page stays white – ¿por qué? 👩🏽‍⚕️"


def sent(desk, **answers):
    answer = desk.post("/requests/new", desk.fill_in(message=WORDS) | answers)
    assert answer.status == 303, answer.text
    return desk.get(answer.location).text


def test_a_log_that_cannot_be_written_costs_nobody_an_answer(tmp_path):
    desk = Server(tmp_path / "desk")
    shutil.copytree(first_start(), desk.data, dirs_exist_ok=True)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        desk.web = subprocess.Popen(
            desk._command("gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"),
            cwd=ROOT,
            env=desk.environment,
            stdout=full,
            stderr=full,
            start_new_session=True,
        )
    try:
        until(desk._answers, "gunicorn to answer")
        assert reference_on(sent(desk))
        assert desk.get("/requests/sent/made-up").status == 404
        assert desk.get("/search?q=forgot+my+password").status == 200
    finally:
        desk.stop_all()


def test_a_process_that_may_open_no_more_files_goes_on_when_it_may(tmp_path):
    with serving(tmp_path / "desk", delivery=False) as desk:
        reference_on(sent(desk))
        until(lambda: desk.log().count("Started") == 2, "both workers")
        limited = workers(desk)
        for pid in limited:
            most = len(list(Path(f"/proc/{pid}/fd").iterdir()))
            try:
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, 4096))
            except PermissionError:
                unavailable("only root can take open files from a process that keeps its own to itself")
        for _ in range(6):
            answer = None
            try:
                answer = desk._ask("GET", "/articles/cost", patience=3)
            except (OSError, HTTPException):
                continue
            assert answer.status in {200, 500, 503}
        for pid in set(limited) & set(workers(desk)):
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (4096, 4096))

        until(desk._answers, "it to answer again")
        assert reference_on(sent(desk, submission_key="afterwards"))


def test_another_language_zone_and_umask_change_nothing(tmp_path):
    odd = {"LANG": "C", "LC_ALL": "C", "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "0"}
    before = os.umask(0)
    try:
        with serving(tmp_path / "desk", environment=odd) as desk:
            assert "Pacific" in sent(desk)
            until(lambda: desk.letters("received"), "the acknowledgement")
            made = [*desk.data.glob("limits.*"), *desk.data.glob("outbox/*"), *desk.data.glob("index/*/*")]
            assert len(made) > 3
            assert [path.name for path in made if path.stat().st_mode & 0o077] == []
            assert WORDS not in desk.log()
    finally:
        os.umask(before)


def test_the_power_goes_at_any_byte_and_the_database_opens_with_whole_requests(tmp_path):
    """Its log file cut at every four thousandth byte: what a disk may have written of it by then."""
    with serving(tmp_path / "desk", delivery=False) as desk:
        for number in range(5):
            sent(desk, submission_key=f"number {number}", subject=f"Number {number}")
        file, log = (desk.data / f"desk.sqlite3{suffix}" for suffix in ("", "-wal"))
        written = log.read_bytes()
        counts = []
        for size in [*range(0, len(written), 4_000), len(written)]:
            copy = tmp_path / f"cut-{size}.sqlite3"
            shutil.copy(file, copy)
            copy.with_name(f"{copy.name}-wal").write_bytes(written[:size])
            with closing(sqlite3.connect(copy)) as database:
                assert database.execute("pragma integrity_check").fetchone() == ("ok",)
                rows = [
                    database.execute(f"select count(*) from {table}").fetchone()[0] for table in ("ticket", "message")
                ]
            assert rows[0] == rows[1], "half a request"
            counts.append(rows[0])

    assert counts == sorted(counts)
    assert counts[-1] == 5
