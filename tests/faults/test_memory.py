"""A process may take no more memory: whoever sends gets the answer, or “not sent” with every word; a start says why."""

import os
import resource
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT, unavailable
from tests.people import reference_on
from tests.server import serving, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WORDS = "Since Monday the page stays white, on both of my phones. "
ENDS_WITHIN = 60.0  # Seconds.


def workers(desk):
    children = Path(f"/proc/{desk.web.pid}/task/{desk.web.pid}/children")
    return [int(pid) for pid in children.read_text(encoding="ascii").split()]


def size_of(pid):
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


@contextmanager
def no_more_memory(desk, *, but=0):
    """The workers keep what they have, and get `but` bytes more at most."""
    until(lambda: desk.log().count("Started") == len(workers(desk)) > 0, "all workers")
    limited = workers(desk)
    for pid in limited:
        try:
            resource.prlimit(pid, resource.RLIMIT_AS, (size_of(pid) + but, resource.RLIM_INFINITY))
        except PermissionError:
            unavailable("only root can take memory from a process that keeps its own to itself")
    yield
    for pid in set(limited) & set(workers(desk)):
        resource.prlimit(pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@pytest.mark.parametrize("but", [0, 256 << 10, 1 << 20, 4 << 20])
def test_who_sends_meanwhile_gets_the_answer_or_every_word_back_at_once_and_then_it_serves(tmp_path, but):
    with serving(tmp_path / "desk", delivery=False) as desk:
        form = desk.fill_in(message=WORDS * 300)
        with no_more_memory(desk, but=but):
            for number in range(12):
                answer = desk.post("/requests/new", form | {"submission_key": f"number {number}"})
                assert answer.status in {303, 503}
                assert answer.status == 303 or ("Your message was not sent" in answer.text and WORDS in answer.text)
            assert {desk.get(path).status for path in ("/search?q=my+password", "/articles/cost", "/healthz")} <= {
                200,
                503,
            }

        answer = desk.post("/requests/new", form | {"submission_key": "the last"})
        assert answer.status == 303
        assert reference_on(desk.get(answer.location).text)
        assert desk.get("/search.json?q=forgot+my+password").json["results"]
        assert "TIMEOUT" not in desk.log(), "somebody waited until a worker was given up"


@pytest.mark.parametrize("megabytes", [60, 150, 300, 500])
@pytest.mark.parametrize("how", ["gunicorn", "./desk run"])
def test_a_start_under_too_little_ends_with_a_sentence(tmp_path, megabytes, how):
    with serving(tmp_path / "desk", delivery=False) as desk:
        desk.stop_all()
        command = desk._command("gunicorn", "-c", "gunicorn.conf.py", "wsgi:app")
        done = subprocess.run(
            ["sh", "-c", f'ulimit -v {megabytes * 1024}; exec "$@"', "sh", *map(str, command)]
            if how == "gunicorn"
            else ["sh", "-c", f"ulimit -v {megabytes * 1024}; exec ./desk run"],
            cwd=ROOT,
            env=desk.environment | {"OPENBLAS_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=ENDS_WITHIN,
            check=False,
        )

    assert done.returncode not in {0, None}
    assert "ulimit -v unlimited" in done.stderr
    assert f"may take {megabytes} MB of memory" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1, os.linesep + done.stderr
