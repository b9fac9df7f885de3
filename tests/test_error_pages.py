"""When something goes wrong: a calm page that says what to do, for every status."""

import pytest
from flask import abort
from sqlalchemy import text

from supportdesk.database import db


def test_an_unknown_article_gets_the_search_box(patient):
    answer = patient.get("/articles/no-such-thing")

    assert answer.status_code == 404
    assert "We can’t find that page" in answer.text
    assert 'name="q"' in answer.text
    assert "1-800-925-4456" in answer.text


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (400, "We could not read that"),
        (403, "This page is not open to you"),
        (404, "We can’t find that page"),
        (405, "That does not work here"),
        (413, "That is too long to send"),
        (429, "Please wait a minute"),
        (500, "Something went wrong on our side"),
        (503, "We can’t do that right now"),
        (418, "We could not read that"),
    ],
)
def test_every_status_has_its_page(desk_with, status, says):
    app = desk_with()
    app.view_functions["faq.home"] = lambda: abort(status)
    answer = app.test_client().get("/")

    assert answer.status_code == status
    assert says in answer.text
    assert "1-800-925-4456" in answer.text
    assert "Content-Security-Policy" in answer.headers
    assert "Traceback" not in answer.text


def test_a_fault_of_ours_shows_no_traceback(desk_with):
    app = desk_with()
    app.view_functions["faq.home"] = lambda: 1 / 0
    answer = app.test_client().get("/")

    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert "Something went wrong on our side" in answer.text


def test_too_long_a_form_says_it_was_not_sent(patient):
    answer = patient.post("/requests/new", data={"message": "x" * 600_000})

    assert answer.status_code == 413
    assert "It was not sent" in answer.text


def test_a_wrong_method_says_which_are_right(patient):
    answer = patient.post("/articles/cost")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_database_that_is_gone_leaves_the_help_centre_open(desk_with):
    app = desk_with()
    with app.app_context():
        db.session.execute(text("drop table alembic_version"))
        db.session.commit()
    patient = app.test_client()

    assert patient.get("/").status_code == 200
    assert patient.get("/articles/cost").status_code == 200
    assert patient.get("/search?q=password").status_code == 200
    assert patient.get("/healthz").status_code == 200
    ready = patient.get("/readyz")
    assert ready.status_code == 503
    assert "not usable" in ready.json["database"]


def test_a_database_that_is_not_there_at_all_leaves_every_article_and_search_open(desk_with):
    app = desk_with()
    patient = app.test_client()
    form = patient.fill_in(message="A zeppelin of a question.") | {"then": "send"}
    for path in app.config["DATA_FOLDER"].glob("desk.sqlite3*"):
        path.unlink()
    (app.config["DATA_FOLDER"] / "desk.sqlite3").mkdir()  # So that none can be made in its place either.
    read = ("/", "/all", "/articles/cost", "/articles/billing", "/search?q=password", "/suggest.json?q=pass")

    assert {path: patient.get(path).status_code for path in read} == dict.fromkeys(read, 200)
    refused = patient.post("/requests/new", data=form)
    assert refused.status_code == 503
    assert "A zeppelin of a question." in refused.text
    assert "1-800-925-4456" in refused.text
    assert patient.get("/readyz").status_code == 503


def test_ready_says_ok(patient):
    assert patient.get("/readyz").json == dict.fromkeys(
        ("database", "disk", "articles", "content", "index", "outbox", "sealing", "clock"), "ok"
    )


def test_a_page_of_the_desk_that_is_not_there_looks_like_the_desk(dana):
    page = dana.open("/desk/nonsense", code=404).text

    assert "There is no such page or request" in page
    assert "Go to the queue" in page


def test_an_unknown_json_address_answers_in_json(patient):
    answer = patient.get("/nothing.json")

    assert answer.status_code == 404
    assert answer.json["error"] == "We can’t find that page"
