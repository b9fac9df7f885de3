"""What the desk writes about itself: enough for the operator, and not a word of anybody's."""

import json
import logging
import re

import pytest

from supportdesk.logs import FIELDS, JsonLine, TextLine
from tests.server import serving, until

EVERY_LINE = {"time", "level", "logger", "message"}
SECRETS = ("insulin", "briggs", "203.0.113.9", "Firefox", "q=")


def record(name, message, *args, error=None, **extra):
    fault = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord(name, logging.WARNING, "here.py", 1, message, args, fault)
    made.__dict__.update(extra)
    return made


def line(*args, **kwargs):
    return json.loads(JsonLine().format(record(*args, **kwargs)))


def raised(error):
    try:
        raise error
    except type(error) as caught:
        return caught


def test_a_line_of_ours_is_written_as_it_was_meant():
    assert line("supportdesk.faq", "%s: the file is empty", "general/cost.md")["message"] == (
        "general/cost.md: the file is empty"
    )


def test_a_line_of_a_librarys_loses_what_was_filled_in_but_numbers():
    said = line("gunicorn.error", "Error handling request %s in process %s", "/search?q=insulin", 4711)

    assert said["message"] == "Error handling request … in process 4711"


@pytest.mark.parametrize("message", ["100%", "%s and %s", "%(name)s", "{}"])
def test_a_template_that_does_not_fit_is_written_as_it_is(message):
    assert line("some.library", message, "insulin")["message"] == message


def test_an_object_for_a_message_is_named_by_its_kind():
    assert line("some.library", ValueError("insulin"))["message"] == "ValueError"


def test_a_fault_is_its_kind_and_its_way_without_its_text():
    said = line("gunicorn.error", "Oh", error=raised(ValueError("insulin")))

    assert said["fault"].startswith("ValueError: test_logs.py:")
    assert "insulin" not in json.dumps(said)


def test_a_field_that_is_not_on_the_list_is_not_written():
    said = line("supportdesk.requests", "request", status=200, address="203.0.113.9", path="/search?q=insulin")

    assert said.keys() == EVERY_LINE | {"status"}


def test_no_message_can_begin_a_line_of_its_own():
    assert "\n" not in JsonLine().format(record("supportdesk", 'a\nb\r\u2028{"level": "error"}'))


def test_on_a_terminal_a_line_reads_like_the_others_there():
    assert TextLine().format(record("supportdesk", "Closed %s", "early")) == "desk: Closed early"


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """The lines of a desk that served a little: JSON, as nobody sits in front of it."""
    with serving(tmp_path_factory.mktemp("logs")) as desk:
        until(lambda: desk.log().count("Started") == 2 and "Started" in desk.log("delivery.log"), "all processes")
        desk.get("/search?q=insulin+briggs")
        desk.get("/articles/cost", headers={"User-Agent": "Firefox", "X-Forwarded-For": "203.0.113.9"})
        desk.get("/articles/cost")
        desk.get("/articles/cost")  # Handed out again, at the latest now.
        desk.get("/articles/cost")
        desk.get("/requests/sent/insulin")
        desk.get("/insulin/briggs")
        return desk.log() + desk.log("delivery.log")


def test_each_process_says_in_one_line_what_it_runs_with(day):
    lines = [json.loads(text) for text in day.splitlines() if text.startswith("{")]
    *web, delivery = [said["message"] for said in lines if said["logger"] == "supportdesk.started"]

    index, key = r"[0-9a-f]{12}", r"[0-9a-f]{16}"
    of_all = f"database sqlite; mail into files; seals to key {key}, opens with 1 private"
    serves = f"2 workers of 8 threads, any host; index {index}, search by meaning off"
    assert len(web) == 2
    assert all(re.fullmatch(rf"Started: role all; {serves}; {of_all}\.", line) for line in web)
    assert re.fullmatch(rf"Started: role all; delivers mail; {of_all}\.", delivery)


def test_a_real_desk_writes_a_line_of_json_for_each_request(day):
    lines = [json.loads(text) for text in day.splitlines() if text.startswith("{")]
    requests = [(said["route"], said["status"]) for said in lines if said["logger"] == "supportdesk.requests"]
    seen = set(requests)

    assert requests.count(("/articles/<slug>", 200)) == 4
    assert {("/search", 200), ("/articles/<slug>", 200), ("/requests/sent/<token>", 404), (None, 404)} <= seen
    assert all(said.keys() <= EVERY_LINE | set(FIELDS) | {"fault"} for said in lines)


def test_a_real_desk_writes_no_words_addresses_or_tokens(day):
    assert not [secret for secret in SECRETS if secret.lower() in day.lower()]
