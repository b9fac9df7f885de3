"""The operator at 3 AM: /readyz and `doctor` say what is wrong, in words, and what to do about it."""

import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock
from tests.conftest import close, make_app

NOON = datetime(2026, 11, 23, 20, tzinfo=UTC)
SERVED = {
    "BASE_URL": "https://help.example.org",
    "SECURE_COOKIES": True,
    "TRUSTED_HOSTS": ("help.example.org",),
    "TRUSTED_PROXIES": 1,
}


def examine(app, code=0):
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == code, result.output or result.exception
    return result.output


def ready(app, code=200):
    answer = app.test_client().get("/readyz", headers={"Host": "help.example.org"})
    assert answer.status_code == code, answer.text
    return answer.json


def send(app):
    with clock.pretend(NOON):
        return app.test_client().send()


def test_a_desk_in_order_is_in_order(app):
    said = examine(app)

    for name in ("database", "disk", "articles", "index", "content", "outbox", "clock", "hours", "keys"):
        assert f"ok    {name}\n" in said


def test_mail_that_nobody_delivers_is_noticed_after_a_quarter_of_an_hour(desk_with):
    app = desk_with()
    send(app)

    with clock.pretend(NOON + timedelta(minutes=14)):
        assert ready(app)["outbox"] == "ok"
    with clock.pretend(NOON + timedelta(minutes=42)):
        assert ready(app)["outbox"].startswith("The oldest mail has waited 42 minutes. Is “outbox deliver --watch”")


def test_a_clock_that_was_set_back_is_noticed(desk_with):
    app = desk_with()
    send(app)

    with clock.pretend(NOON - timedelta(hours=1)):
        assert ready(app)["clock"].startswith("The newest event is 60 minutes ahead of this machine’s clock.")


def test_without_its_tables_it_is_not_ready_and_says_why(tmp_path):
    app = make_app(tmp_path / "data")

    assert "has “./desk run” or “flask --app wsgi db upgrade” been run?" in ready(app, 503)["database"]
    assert "STOP  database" in examine(app, code=1)
    close(app)


def test_a_data_folder_that_cannot_be_written_is_named(desk_with, tmp_path):
    app = desk_with()
    app.config["DATA_FOLDER"] = tmp_path / "gone"

    assert f"{tmp_path / 'gone'} can’t be written" in ready(app, 503)["disk"]


def test_mail_that_goes_into_files_is_pointed_out(app):
    assert "Mail is written to files and reaches nobody." in examine(app)


def test_a_mail_server_that_is_not_there_is_named_with_what_to_check(desk_with):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        app = desk_with(MAIL_MODE="smtp", MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_TLS="none", MAIL_TIMEOUT=2)
        said = examine(app)

    assert f"127.0.0.1:{port} does not take our mail (ConnectionRefusedError)" in said
    assert "SUPPORTDESK_MAIL_SERVER" in said


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "ok    settings"),
        ({"BASE_URL": "http://127.0.0.1:8000"}, "which only this machine can open"),
        ({"BASE_URL": "http://help.example.org"}, "is not encrypted on its way"),
        ({"SECURE_COOKIES": False}, "Set SUPPORTDESK_SECURE_COOKIES=yes"),
        ({"TRUSTED_HOSTS": ()}, "Set SUPPORTDESK_TRUSTED_HOSTS=help.example.org"),
        ({"TRUSTED_PROXIES": 0}, "all patients seem to have one address"),
    ],
)
def test_settings_that_do_not_go_together_are_named(desk_with, change, sentence):
    assert sentence in examine(desk_with(**SERVED | change))


def test_a_desk_that_is_closed_for_long_is_pointed_out(desk_with):
    with clock.pretend(NOON):
        days = ", ".join(f"2026-{date:%m-%d}" for date in (NOON + timedelta(days=n) for n in range(14)))
        assert "The desk is closed until Monday, December 7, 7 AM Pacific." in examine(desk_with(HOLIDAYS=days))


def test_a_key_that_tickets_need_and_nobody_has_stops_us(desk_with, tmp_path):
    here = desk_with()
    send(here)
    elsewhere = make_app(tmp_path / "with other keys")
    with (
        closing(sqlite3.connect(here.config["DATA_FOLDER"] / "desk.sqlite3")) as source,
        closing(sqlite3.connect(elsewhere.config["DATA_FOLDER"] / "desk.sqlite3")) as target,
    ):
        source.backup(target)

    assert "under which tickets are sealed" in examine(elsewhere, code=1)
    close(elsewhere)


def test_an_article_that_cannot_be_read_is_named(desk_with, tmp_path):
    content = tmp_path / "content" / "faq"
    content.mkdir(parents=True)
    app = desk_with(CONTENT_FOLDER=tmp_path / "content")

    assert "STOP  articles" in examine(app, code=1)
    assert "articles" in ready(app, 503)
