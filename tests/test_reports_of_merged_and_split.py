"""Reports where one request became a part of another, or two: each message and each wait counts once."""

import csv
import html
import io
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock
from supportdesk.access import Role
from tests.conftest import signed_in
from tests.requester import Requester
from tests.test_emergencies import HELP
from tests.test_merge import merge, take_apart

MONDAY = datetime(2026, 11, 16, 16, 0, tzinfo=UTC)  # 8 AM Pacific.
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def lead(app):
    return signed_in(app, "lee@example.org", "Lee Moreno", Role.LEAD)


@pytest.fixture
def at():
    """`with at(HOUR):` is nine o'clock on Monday."""
    return lambda later=timedelta(0): clock.pretend(MONDAY + later)


def flow(lead, first="2026-11-16", last="2026-11-18"):
    rows = csv.reader(io.StringIO(lead.open(f"/desk/reports/flow.csv?from={first}&to={last}").text))
    return {(what, of): number for what, of, number in list(rows)[1:]}


def unsolved(told):
    return [int(number) for (what, _of), number in told.items() if what == "unsolved_at_end_of"]


def came_in(lead):
    return " ".join(html.unescape(lead.open("/desk/reports?from=2026-11-16&to=2026-11-18").text).split())


def emergencies(lead):
    page = lead.open("/desk/reports/guidance.csv?from=2026-11-16&to=2026-11-18").text
    rows = csv.DictReader(io.StringIO(page))
    return [(row["of"], row["number"]) for row in rows if row["what"] == "emergency_minutes_to_reply"]


def two(patient, at):
    with at():
        first = patient.send(subject="One")
    with at(HOUR):
        return first, patient.send(subject="Two")


def test_a_part_is_no_longer_unsolved_and_nobody_solved_it(lead, patient, at):
    first, second = two(patient, at)
    with at(DAY):
        merge(lead, first, second)
    with at(5 * DAY):
        told = flow(lead)

    assert unsolved(told) == [2, 1, 1]
    assert told["new", ""] == "2"
    assert told["reopened", ""] == "0"
    assert ("solved", "Lee Moreno") not in told


def test_taken_apart_it_is_as_if_it_had_not_been_merged(lead, patient, at):
    first, second = two(patient, at)
    with at(HOUR * 2):
        lead.act(first, "solve", outcome="answered")
    with at(HOUR * 3):
        merge(lead, first, second)
    with at(DAY):
        merged = flow(lead, last="2026-11-17")
        take_apart(lead, first, second)
    with at(5 * DAY):
        told = flow(lead)

    assert unsolved(merged) == [1, 1]
    assert unsolved(told) == [1, 1, 1]
    assert told["reopened", ""] == "0"
    assert told["solved", "Lee Moreno"] == "1"


def test_a_solved_request_that_a_merge_brings_back_came_back(lead, dana, patient, at):
    first, second = two(patient, at)
    with at(HOUR * 2):
        dana.reply(first, "Done.", then="solved")
    with at(DAY):
        merge(lead, first, second)
    with at(DAY * 2):
        dana.reply(first, "And done.", then="solved")
    with at(5 * DAY):
        told = flow(lead)

    assert unsolved(told) == [1, 1, 0]
    assert told["reopened", ""] == "1"
    assert told["solved", "Dana Kim"] == "2"


@pytest.mark.parametrize("into", [0, 1], ids=["older", "younger"])
def test_one_reply_answers_both_and_the_wait_began_with_the_older(lead, dana, patient, at, into):
    references = two(patient, at)
    with at(HOUR * 2):
        merge(lead, references[into], references[1 - into])
    with at(HOUR * 4):
        dana.reply(references[into], "One answer to both.")
    with at(5 * DAY):
        told, page = flow(lead), came_in(lead)

    assert (told["first_reply", "count"], told["first_reply", "kept"]) == ("1", "1")
    assert float(told["first_reply", "median_business_minutes"]) == 240
    assert '<p class="v">100%</p>' in page
    assert '<p class="v">4.0 h</p>' in page


def test_the_earlier_promise_is_the_one_that_both_pages_measure(lead, dana, patient, at):
    first, second = two(patient, at)
    with at(HOUR * 2):
        merge(lead, second, first)
    with at(DAY + timedelta(minutes=30)):  # The older was due at eight, the younger is at nine.
        dana.reply(second, "One answer to both.")
    with at(5 * DAY):
        told, page = flow(lead), came_in(lead)

    assert (told["first_reply", "count"], told["first_reply", "kept"]) == ("1", "0")
    assert '<p class="v">0%</p>' in page


def test_a_duplicate_owes_no_reply_of_its_own(lead, dana, patient, at):
    first, second = two(patient, at)
    with at(HOUR * 2):
        dana.reply(first, "Please try again.")
        dana.act(second, "solve", outcome="duplicate")
    with at(5 * DAY):
        page = came_in(lead)

    assert '<p class="v">100%</p>' in page


def test_an_emergency_that_was_split_off_counts_once_and_either_answer_ends_its_wait(
    app, lead, dana, patient, letters, at, rows
):
    with at():
        walter = Requester(app.test_client(), letters, patient.send(**HELP))
        [(message,)] = rows("select max(id) from message")
    with at(HOUR):
        walter.come_in()
        walter.write("And I can not sign in.")
        dana.act(walter.reference, "split", message_id=str(message), subject=HELP["subject"], topic="other")
        [(new,)] = rows("select reference from ticket order by id desc limit 1")
        assert rows("select count(*) from ticket where emergency is not null") == [(2,)]
    with at(HOUR * 2):
        dana.reply(new, "Please call 911 now.")
    with at(HOUR * 3):
        dana.reply(walter.reference, "We called you too.")
    with at(5 * DAY):
        assert emergencies(lead) == [(walter.reference, "120")]


def test_an_emergency_that_became_a_part_is_answered_by_the_reply_to_the_whole(lead, dana, patient, at):
    with at():
        first = patient.send()
    with at(HOUR):
        urgent = patient.send(**HELP)
    with at(HOUR * 2):
        dana.reply(first, "Before they were one.")
        merge(lead, first, urgent)
    with at(HOUR * 3):
        dana.reply(first, "Please call 911 now.")
    with at(5 * DAY):
        told, page = emergencies(lead), came_in(lead)

    assert told == [(urgent, "120")]
    assert "1 message may have told of an emergency. The median first reply by a person took 120 minutes" in page


def test_an_emergency_that_was_added_waits_from_when_it_was_added(app, lead, dana, patient, letters, at, rows):
    with at():
        walter = Requester(app.test_client(), letters, patient.send())
    with at(HOUR):
        dana.reply(walter.reference, "Does it work?")
    with at(HOUR * 2):
        walter.come_in()
        walter.write(HELP["message"])
    with at(HOUR * 3):
        [(message,)] = rows("select max(id) from message")
        dana.act(walter.reference, "split", message_id=str(message), subject="Help", topic="other")
        dana.reply(walter.reference, "Please call 911 now.")
    with at(5 * DAY):
        assert emergencies(lead) == [(walter.reference, "60")]


def test_where_an_answer_was_shown_the_report_says_what_it_does_not_know(app, lead, patient):
    patient.send(topic="billing", subject="My bill is wrong", message="I was charged twice for one visit.")
    for _ in range(2):  # The same person, twice; and they sent it after all.
        patient.get("/articles/billing?from=check")
    app.extensions["search notebook"].write()
    page = " ".join(html.unescape(lead.open("/desk/reports").text).split())
    rows = list(csv.reader(io.StringIO(lead.open("/desk/reports/guidance.csv").text)))

    assert "2 times somebody who was writing to us went to an answer" in page
    assert "one may have gone twice, or sent the message after all. 1 request came in these days after" in page
    assert ["deflected_at_most", "billing", "2"] in rows
    assert ["sent_after_an_answer", "", "1"] in rows
