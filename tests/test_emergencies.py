"""Nobody in an emergency waits for an e-mail: a card at once, the desk alerted, their message first in line."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock
from tests.people import REQUEST, reference_on

HELP = {
    "topic": "other",
    "subject": "Chest pain",
    "message": "I have crushing chest pain and I can't breathe. It started an hour ago. What should I do?",
}
LIFELINE = "Call 988 · Text 988 · Call 911. You do not have to carry this alone"
POISON_CONTROL = "Call Poison Control 1-800-222-1222"
MONDAY = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)  # 10 AM Pacific.
SUNDAY_NIGHT = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)  # 11 PM Pacific.


def on(page):
    return list(dict.fromkeys(re.findall(r"/desk/tickets/(NC-[0-9A-Z-]{9})", page)))


def test_the_card_stands_before_everything_else_and_the_message_can_be_sent(patient, rows):
    page = patient.post("/requests/new", data=REQUEST | HELP)

    assert "<h1>Before you send</h1>" in page.text
    assert re.search(r'card-now.*href="tel:911"', page.text, re.DOTALL)
    assert page.text.index("card-now") < page.text.index("Your message</h2>")
    assert rows("select count(*) from ticket") == [(0,)]
    assert patient.press(page, "send").status_code == 303


def test_the_card_comes_while_writing(patient):
    found = patient.post("/requests/check.json", json=HELP).json

    assert found["emergency"] is True
    assert {"label": "Call 911", "url": "tel:911"} in found["card"]["calls"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("i want to die", LIFELINE),
        ("Quiero morir", LIFELINE),
        ("chest pa", "Call 911. This may be an emergency"),
        (
            "took too many pills",
            "Call Poison Control 1-800-222-1222 · Call 911. Too much, or the wrong thing, was taken",
        ),
        ("sucide", LIFELINE),
    ],
)
def test_who_types_it_into_the_search_box_is_offered_whom_to_call_and_nothing_to_read(patient, typed, says):
    found = patient.get("/suggest.json", query_string={"q": typed})

    assert found.json == {"emergency": says, "suggestions": []}
    assert "card-now" in patient.get("/search", query_string={"q": typed}).text


@pytest.mark.parametrize("typed", ["forgot pass", "unsub", "this portal is killing me", "refill", "my doctor"])
def test_an_ordinary_beginning_is_offered_articles(patient, typed):
    found = patient.get("/suggest.json", query_string={"q": typed}).json

    assert found["emergency"] is None
    assert found["suggestions"]


def test_the_thank_you_page_and_the_mail_repeat_the_card(patient, letters):
    page = patient.get(patient.send_form(**HELP).location).text
    to_patient = next(letter for letter in letters() if letter["To"] == REQUEST["email"])

    assert page.index("card-now") < page.index("Thank you. We got your message.")
    assert "Call 911" in to_patient.get_content()
    assert "911" not in to_patient["Subject"]
    assert "chest" not in to_patient.get_content().lower()


FOR_THE_CLINIC_TOO = {
    "topic": "medical",
    "subject": "Fever during chemo",
    "message": "I had chemo last week and now my fever is 102. Can my doctor call me?",
}
WRITTEN_WAYS = ("send them a secure message", "write them a secure message", "ask your clinic", "send us a message")


def below_the_card(page):
    assert "card-now" in page
    return page.partition("card-now")[2].partition("<aside")[0].lower()


@pytest.mark.parametrize(
    "query", ["chest pain during my appointment", "fever 102 chemo call my doctor", "i want to die"]
)
def test_a_search_shows_no_slower_way_below_the_card(patient, query):
    page = below_the_card(patient.get("/search", query_string={"q": query}).text)

    assert not [way for way in WRITTEN_WAYS if way in page]


def test_no_page_on_the_way_shows_a_slower_way_below_the_card(patient, letters, rows):
    before = patient.post("/requests/new", data=patient.fill_in(**FOR_THE_CLINIC_TOO))
    asked = patient.post("/requests/check.json", json=FOR_THE_CLINIC_TOO).json
    thanks = patient.get(patient.press(before, "send").location).text

    assert asked["card"]
    assert asked["notice"] is None
    for page in (before.text, thanks):
        assert not [way for way in WRITTEN_WAYS if way in below_the_card(page)]
    assert "Your clinic should know too. Call them; do not write." in thanks
    assert not [name for name in rows("select shown from ticket") if "clinic:" in str(name)]
    to_patient = next(letter for letter in letters() if letter["To"] == REQUEST["email"])
    assert "Call 911" in to_patient.get_content()
    assert "sooner than we can" not in to_patient.get_content()


def test_who_is_hurt_at_home_is_told_on_the_screen_and_never_in_a_mail_that_others_may_read(patient, letters):
    told = {"subject": "Afraid", "message": "My husband hits me and reads all I write."}
    page = patient.get(patient.send_form(**told).location).text
    to_patient = next(letter for letter in letters() if letter["To"] == REQUEST["email"])

    assert 'href="tel:+18007997233"' in page
    assert not [word for word in ("Domestic", "799-7233", "safe") if word in to_patient.as_string()]


@pytest.mark.parametrize("at", [MONDAY, SUNDAY_NIGHT], ids=["open", "closed"])
def test_the_desk_is_alerted_at_once_without_a_word_of_theirs(patient, letters, at):
    with clock.pretend(at):
        reference = patient.send(**HELP)
        alert = next(letter for letter in letters() if letter["To"] == "support@navigatingcare.com")

    said = alert["Subject"] + alert.get_content()
    assert alert["Subject"] == f"Possible emergency: {reference}"
    assert f"/desk/tickets/{reference}" in said
    assert not [word for word in ("Walter", "Briggs", "chest", "breathe", "walter.briggs") if word in said]


def test_the_alert_goes_before_all_mail_that_waits(patient, letters, rows):
    for number in range(3):
        patient.send(subject=f"Question {number}")
    patient.send(**HELP)
    letters()

    sent = rows("select template from outbox order by sent_at, is_urgent desc, id")
    assert [template.removeprefix("clinic-") for (template,) in sent[:2]] == ["emergency", "received"]
    assert rows("select count(*) from outbox where is_urgent") == [(2,)]


def test_it_stands_first_in_every_view_of_our_turn_and_says_so(patient, dana):
    with clock.pretend(MONDAY):
        earlier = patient.send()
    with clock.pretend(MONDAY + timedelta(hours=3)):
        urgent = patient.send(**HELP)
    dana.act(earlier, "take")
    dana.act(urgent, "take")

    for view in ("open", "mine", "all"):
        page = dana.open(f"/desk/?view={view}").text
        assert on(page) == [urgent, earlier]
        assert "Possible emergency" in page
    assert "Possible emergency" in dana.ticket(urgent)
    assert "Possible emergency" not in dana.ticket(earlier)


def test_it_goes_back_in_line_once_an_agent_says_it_is_none(patient, dana):
    with clock.pretend(MONDAY):
        earlier = patient.send()
    with clock.pretend(MONDAY + timedelta(hours=3)):
        urgent = patient.send(**HELP)
    dana.act(urgent, "details", status="open", priority="normal", topic="other", assignee="")
    page = dana.open("/desk/").text

    assert on(page) == [earlier, urgent]
    assert "Possible emergency" not in page


def test_an_ordinary_request_is_no_emergency(patient, rows):
    patient.send()
    patient.send(subject="This portal is killing me", message="It takes forever to load the page. I hate it.")

    assert rows("select emergency, priority from ticket") == [(None, "normal")] * 2
    assert rows("select count(*) from outbox where is_urgent") == [(0,)]


def test_the_report_says_how_long_they_waited_for_a_person(patient, dana):
    replied, waiting = [], []
    for minutes in (10, 40, None):
        with clock.pretend(datetime.now(UTC) - timedelta(hours=1)):
            reference = patient.send(**HELP, name=f"Person {minutes}")
            sent_at = clock.now()
        if minutes is None:
            waiting.append(reference)
            continue
        with clock.pretend(sent_at + timedelta(minutes=minutes)):
            dana.reply(reference, "Please call 911 now. We called you too.")
            replied.append(reference)

    rows = list(csv.DictReader(io.StringIO(dana.open("/desk/reports/guidance.csv").text)))
    counted = {row["of"]: row["number"] for row in rows if row["what"] == "emergency_minutes_to_reply"}
    assert counted == {replied[0]: "10", replied[1]: "40", waiting[0]: ""}
    page = " ".join(dana.open("/desk/reports").text.split())
    assert "3 messages may have told of an emergency" in page
    assert "The median first reply by a person took 25 minutes" in page


def test_sending_the_same_words_again_shows_the_same_card(patient):
    filled = patient.fill_in(**HELP)
    first, second = (patient.press(patient.post("/requests/new", data=filled), "send") for _ in range(2))
    pages = [patient.get(answer.location).text for answer in (first, second)]

    assert reference_on(pages[0]) == reference_on(pages[1])
    assert all("card-now" in page for page in pages)
