"""What a patient adds on their own page is judged as their first message was, and kept whatever it says."""

import csv
import html
import io
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock
from supportdesk.database import db
from tests.people import all_hidden
from tests.requester import Requester, letters_of
from tests.test_emergencies import HELP, MONDAY, on

DANGER = "I have crushing chest pain now and I can't breathe."
PRIVATE = "Still locked out. My ssn is 123-45-6789, does that help?"


@pytest.fixture
def walter(app, patient, letters):
    """Walter Briggs, in at his own page."""
    walter = Requester(app.test_client(), letters, patient.send())
    walter.come_in()
    return walter


def of(rows, reference, column):
    return rows(f"select {column} from ticket where reference = :it", it=reference)[0][0]


def press(walter, page, then):
    return walter.browser.post(f"{walter.path}/messages", data=all_hidden(page.text) | {"then": then})


# What may be an emergency.


def test_it_is_kept_at_once_and_whom_to_call_stands_first_on_the_page_that_follows(walter, rows):
    answer = walter.write(DANGER)
    page = walter.read()

    assert "#" not in answer.location, "the page is shown from its top"
    assert page.index("card-now") < page.index("<h1>")
    assert 'href="tel:911"' in page
    assert DANGER in html.unescape(page)
    assert rows("select count(*) from message") == [(2,)]


def test_it_stands_first_in_the_queue_and_says_so(walter, patient, dana):
    dana.reply(walter.reference, "Does it work now?")
    others = [patient.send(subject=f"Question {number}") for number in range(2)]
    walter.write(DANGER)
    page = dana.open("/desk/").text

    assert on(page) == [walter.reference, *others]
    assert "Possible emergency" in page
    assert "it may be an emergency" in dana.ticket(walter.reference)


@pytest.mark.parametrize("was", ["waiting", "solved", "set low", "resting"])
def test_whatever_the_request_was_it_is_our_turn_and_urgent(walter, dana, rows, was):
    if was == "waiting":
        dana.reply(walter.reference, "Does it work now?")
    elif was == "solved":
        dana.act(walter.reference, "solve", outcome="answered")
    elif was == "set low":
        dana.act(walter.reference, "details", status="open", priority="low", topic="sign-in", assignee="")
    else:
        dana.act(walter.reference, "wait", day=f"{clock.now() + timedelta(days=9):%Y-%m-%d}")
    walter.write(DANGER)

    assert of(rows, walter.reference, "priority") == "urgent"
    assert of(rows, walter.reference, "emergency") is not None
    assert of(rows, walter.reference, "status") in {"new", "open"}
    assert of(rows, walter.reference, "reply_due_at") is not None


def test_the_desk_is_alerted_before_all_other_mail_without_a_word_of_theirs(walter, rows, letters):
    walter.write(DANGER)
    [alert] = [letter for letter in letters() if letter["Subject"] == f"Possible emergency: {walter.reference}"]

    assert alert["To"] == "support@navigatingcare.com"
    assert "chest" not in alert.as_string()
    assert rows("select count(*) from outbox where is_urgent") == [(1,)]
    assert not [letter for letter in letters() if "wrote again" in letter["Subject"]]


def test_the_target_of_what_is_urgent_brings_the_deadline_nearer_and_never_further(desk_with):
    app = desk_with(REPLY_TARGETS="urgent 30")
    walter = Requester(app.test_client(), letters_of(app), "")
    with clock.pretend(MONDAY):
        walter.reference = app.test_client().send()
        walter.come_in()
    for minutes, due in ((10, 40), (20, 40)):
        with clock.pretend(MONDAY + timedelta(minutes=minutes)):
            walter.write(f"{DANGER} {minutes}")
        with app.app_context():
            [(found,)] = db.session.execute(db.text("select reply_due_at from ticket"))
        assert datetime.fromisoformat(found).replace(tzinfo=UTC) == MONDAY + timedelta(minutes=due)


def test_once_an_agent_knows_better_an_ordinary_message_is_ordinary(walter, dana, rows):
    walter.write(DANGER)
    dana.act(walter.reference, "details", status="open", priority="normal", topic="sign-in", assignee="")
    walter.write("Thank you, it was only a cramp. The page still says “wrong”.")

    assert of(rows, walter.reference, "priority") == "normal"
    assert "card-now" not in walter.read()


def test_an_ordinary_message_is_no_emergency(walter, rows):
    walter.write("This portal is killing me. It takes forever to load.")

    assert of(rows, walter.reference, "emergency") is None
    assert rows("select count(*) from outbox where is_urgent") == [(0,)]
    assert "card-now" not in walter.read()


def test_what_could_not_be_kept_says_whom_to_call_all_the_same(walter, dana):
    form = walter.form(DANGER)
    with clock.pretend(clock.now() + timedelta(minutes=31)):
        late = walter.write("", 200, form=form)
        assert "Your message was not sent yet" in late.text
        walter.type_code(walter.newest_code())
        too_long = walter.write("", 422, form=form | {"body": DANGER * 500})
    walter.come_in()
    dana.act(walter.reference, "details", status="closed", priority="normal", topic="sign-in", assignee="")
    closed = walter.write("", 409, form=form)

    assert all("card-now" in page.text for page in (late, closed, too_long))


def test_a_word_on_how_we_helped_is_judged_too(walter, dana, rows, letters):
    dana.act(walter.reference, "solve", outcome="answered")
    walter.browser.post(f"{walter.path}/opinion", data={"helped": "no", "words": DANGER})

    assert of(rows, walter.reference, "status") == "open"
    assert of(rows, walter.reference, "priority") == "urgent"
    assert "card-now" in walter.read()
    assert f"Possible emergency: {walter.reference}" in [letter["Subject"] for letter in letters()]


def test_the_report_counts_each_time_and_how_long_it_waited_for_a_person(app, patient, letters, dana):
    begin = datetime.now(UTC) - timedelta(hours=5)
    with clock.pretend(begin):
        walter = Requester(app.test_client(), letters, patient.send())
        both = Requester(
            app.test_client(), letters, patient.send(**HELP, email="mabel@example.com"), "mabel@example.com"
        )
        walter.come_in()
        both.come_in()
    for minutes, say in (
        (5, lambda: dana.reply(walter.reference, "Does it work now?")),
        (10, lambda: dana.reply(both.reference, "Please call 911.")),
        (15, lambda: walter.write(DANGER)),
        (20, lambda: both.write(DANGER)),
        (22, lambda: dana.reply(walter.reference, "Please call 911.")),
    ):
        with clock.pretend(begin + timedelta(minutes=minutes)):
            say()

    sheet = list(csv.DictReader(io.StringIO(dana.open("/desk/reports/guidance.csv").text)))
    told = [(row["of"], row["number"]) for row in sheet if row["what"] == "emergency_minutes_to_reply"]
    assert told == [(both.reference, "10"), (walter.reference, "7"), (both.reference, "")]
    assert "3 messages may have told of an emergency" in " ".join(dana.open("/desk/reports").text.split())


# What says too much.


def test_what_says_too_much_is_warned_of_before_it_is_sent_and_goes_all_the_same(walter, dana, rows):
    page = walter.write(PRIVATE, 200)
    assert "<h1>Before you send</h1>" in page.text
    assert "You may not want to send this" in page.text
    assert rows("select count(*) from message") == [(1,)]

    assert press(walter, page, "send").status_code == 303
    assert PRIVATE in walter.read()
    assert "The patient saw a warning about a Social Security number" in dana.ticket(walter.reference)


def test_it_can_be_taken_out_at_a_press(walter, rows):
    page = press(walter, walter.write(PRIVATE, 200), "remove 0")
    assert "123-45-6789" not in page.text
    assert "We took that out" in page.text

    assert press(walter, page, "send").status_code == 303
    assert "My ssn is [removed], does that help?" in walter.read()


def test_it_can_be_changed_and_is_not_asked_about_twice(walter):
    page = press(walter, walter.write(PRIVATE, 200), "change")
    assert f"{PRIVATE}</textarea>" in page.text

    assert press(walter, page, "").status_code == 422, "the words stand in the box"
    again = all_hidden(page.text) | {"body": PRIVATE}
    assert walter.browser.post(f"{walter.path}/messages", data=again).status_code == 303


def test_an_emergency_waits_for_no_warning(walter, rows):
    walter.write(f"{DANGER} My ssn is 123-45-6789.")

    assert rows("select count(*) from message") == [(2,)]


def test_time_that_runs_out_at_the_warning_costs_no_word(walter):
    page = walter.write(PRIVATE, 200)
    with clock.pretend(clock.now() + timedelta(minutes=31)):
        assert press(walter, page, "send").location == "/requests/code"
        walter.type_code(walter.newest_code())

        assert f"{PRIVATE}</textarea>" in walter.read()


def test_the_box_asks_for_advice_while_somebody_writes(walter):
    page = walter.read()

    assert 'data-check="/requests/check.json"' in page
    assert 'id="while-typing"' in page
