"""The desk's surroundings break while it serves: the patient gets the answer, or “not sent” with every word kept."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.conftest import ROOT, unavailable
from tests.people import reference_on
from tests.postgresql import Cluster
from tests.server import serving, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WORDS = "Since Monday the page stays white, on both of my phones."
LOCKED_FOR = 30.0  # Seconds.
SLOW = 40  # Patients whose line is so bad that they never finish.


@contextmanager
def small_disk(folder, megabytes):
    """A disk of its own for a folder, which can be filled."""
    folder.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        unavailable("only root can mount the small disk that this test fills")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def refused_with_every_word(desk, form):
    answer = desk.post("/requests/new", form)
    assert answer.status == 503, answer.text
    assert "Your message was not sent" in answer.text
    assert WORDS in answer.text
    assert int(answer.headers["Retry-After"]) > 0


def sent(desk, form):
    answer = desk.post("/requests/new", form)
    assert answer.status == 303, answer.text
    return reference_on(desk.get(answer.location).text)


def finds(desk, words="forgot my password"):
    results = desk.get("/search.json", {"q": words}).json["results"]
    return bool(results) and results[0]["slug"] == "forgot-password"


@contextmanager
def table_locked(address):
    """Somebody else's session on PostgreSQL has the tickets to itself meanwhile, as while an index is made anew."""
    with psycopg.connect(address) as connection:
        connection.execute("lock table ticket in access exclusive mode")
        yield
        connection.rollback()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_database_locked_for_half_a_minute(tmp_path, engine, request):
    address = "" if engine == "sqlite" else request.getfixturevalue("cluster").create_database()
    with serving(tmp_path / "desk", **({"DATABASE_URL": address} if address else {})) as desk:
        form = desk.fill_in(message=WORDS)
        begun = time.monotonic()
        with table_locked(address) if address else desk.locked():
            while time.monotonic() < begun + LOCKED_FOR:
                refused_with_every_word(desk, form)
                assert finds(desk)
            unready = desk.get("/readyz")
            assert unready.status == 503
            assert "nothing can be stored (OperationalError): somebody else holds it" in unready.json["database"]
            assert "a program that has it open" in unready.json["database"]
            assert unready.json["disk"] == "ok"
            assert desk.get("/healthz").status == 200

        reference = sent(desk, form)
        assert sent(desk, form) == reference
        until(lambda: len(desk.letters("received")) == 1, "the acknowledgement to go out")
        assert desk.get("/readyz").status == 200


def test_a_database_server_that_restarts(tmp_path):
    if Cluster.binaries() is None:
        unavailable("PostgreSQL’s initdb is not installed here; type: apt-get install postgresql")
    with Cluster() as cluster, serving(tmp_path / "desk", DATABASE_URL=cluster.create_database()) as desk:
        form = desk.fill_in(message=WORDS)
        sent(desk, form)
        cluster.stop()
        refused_with_every_word(desk, form | {"submission_key": "another"})
        assert desk.get("/readyz").status == 503
        assert "not usable" in desk.get("/readyz").json["database"]
        assert finds(desk)

        cluster.start()
        sent(desk, form | {"submission_key": "another"})
        assert desk.get("/readyz").status == 200
        until(lambda: len(desk.letters("received")) == 2, "both acknowledgements to go out")


def test_a_disk_that_is_full(tmp_path):
    with small_disk(tmp_path / "desk" / "data", megabytes=48) as disk, serving(tmp_path / "desk") as desk:
        form = desk.fill_in(message=WORDS)
        sent(desk, form)
        ballast = disk / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while file.write(b"x" * 65_536):
                    pass
            except OSError:
                pass
        refused_with_every_word(desk, form | {"submission_key": "another"})
        assert finds(desk)
        assert "disk" in desk.get("/readyz").text
        assert desk.get("/readyz").json["disk"] != "ok"

        ballast.unlink()
        until(lambda: desk.post("/requests/new", form | {"submission_key": "another"}).status == 303, "room")
        until(lambda: len(desk.letters("received")) == 2, "both acknowledgements to go out")


@contextmanager
def restarted_with(desk, disk, how):
    """The machine starts anew, and its disk may be written or only read."""
    desk.stop_all()
    subprocess.run(["mount", "-o", f"remount,{how}", disk], check=True)
    desk.start_web()
    desk.start_delivery()
    yield


def test_a_disk_that_may_only_be_read(tmp_path):
    """As a machine makes its disk when it starts after a fault of it."""
    with small_disk(tmp_path / "desk" / "data", megabytes=48) as disk, serving(tmp_path / "desk") as desk:
        form = desk.fill_in(message=WORDS)
        sent(desk, form)
        with restarted_with(desk, disk, "ro"):
            refused_with_every_word(desk, form | {"submission_key": "another"})
            assert finds(desk)
            assert "can’t be written" in desk.get("/readyz").json["disk"]
            assert desk.get("/readyz").status == 503
            assert desk.delivery.poll() is None

        with restarted_with(desk, disk, "rw"):
            sent(desk, form | {"submission_key": "another"})
            until(lambda: len(desk.letters("received")) == 2, "both acknowledgements to go out")
            assert desk.get("/readyz").status == 200


def worker_pids(desk):
    children = Path(f"/proc/{desk.web.pid}/task/{desk.web.pid}/children")
    return [int(pid) for pid in children.read_text(encoding="ascii").split()]


def replace_workers(desk):
    """The machine ran out of memory, and its kernel chose every worker."""
    before = worker_pids(desk)
    for pid in before:
        os.kill(pid, 9)
    until(lambda: worker_pids(desk) and not set(before) & set(worker_pids(desk)), "other workers")


def test_workers_that_the_kernel_kills_for_their_memory(tmp_path):
    with serving(tmp_path / "desk", delivery=False) as desk:
        form = desk.fill_in(message=WORDS)
        for _ in range(3):
            replace_workers(desk)
            assert finds(desk)
        sent(desk, form)


@pytest.mark.parametrize("damage", ["deleted", "emptied", "garbage"])
def test_an_index_that_is_damaged_while_it_serves(tmp_path, damage):
    with serving(tmp_path / "desk", delivery=False) as desk:
        assert finds(desk)
        index = desk.data / "index"
        if damage == "deleted":
            shutil.rmtree(index)
        else:
            for file in [path for path in index.rglob("*") if path.is_file()]:
                file.write_bytes(b"" if damage == "emptied" else b"\x80garbage" * 400)
        assert finds(desk)

        replace_workers(desk)
        assert all(finds(desk) for _ in range(6))
        assert desk.get("/readyz").json["index"] == "ok"


def test_a_content_folder_that_breaks_and_comes_back(tmp_path):
    content = tmp_path / "content"
    shutil.copytree(ROOT / "content", content)
    with serving(tmp_path / "desk", delivery=False, CONTENT_FOLDER=content) as desk:
        assert finds(desk)
        for file in (content / "faq").rglob("*.md"):
            file.write_text("no article at all", encoding="utf-8")
        until(lambda: finds(desk) and "cost.md" in desk.log(), "the log to name a broken file")
        replace_workers(desk)
        assert finds(desk)

        shutil.rmtree(content)
        assert finds(desk)
        sent(desk, desk.fill_in(message=WORDS))
        shutil.copytree(ROOT / "content", content)
        until(lambda: desk.get("/readyz").json["articles"] == "ok", "the articles to be back")


def test_patients_whose_line_is_so_slow_that_they_never_finish_do_not_stop_the_others(tmp_path):
    with serving(tmp_path / "desk", delivery=False, WEB_THREADS=64) as desk, ExitStack() as stack:
        for number in range(SLOW):
            line = stack.enter_context(closing(socket.create_connection(("127.0.0.1", desk.port), timeout=30)))
            if number % 2:
                line.sendall(b"GET / HTTP/1.1\r\nHost: desk\r\nX-Slow: ")
            else:
                line.sendall(
                    b"POST /requests/new HTTP/1.1\r\nHost: desk\r\nContent-Length: 400\r\n"
                    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname="
                )

        assert finds(desk)
        sent(desk, desk.fill_in(message=WORDS))
