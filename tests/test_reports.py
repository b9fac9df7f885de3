"""The reports: figures that are right, counted by hand."""

import csv
import html
import io
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock

TUESDAY = datetime(2026, 11, 17, 18, 0, tzinfo=UTC)  # 10 AM Pacific.


@pytest.fixture
def busy_day(patient, dana):
    """Four requests on Tuesday, two answered after 1 and 3 business hours, one sent to the clinic after 2."""
    with clock.pretend(TUESDAY):
        first, second = patient.send(subject="One"), patient.send(subject="Two")
        bill, spam = patient.send(topic="billing"), patient.send(subject="Buy pills")
    with clock.pretend(TUESDAY + timedelta(hours=1)):
        dana.reply(first, "Please try again.")
        dana.act(spam, "solve", outcome="spam")
    with clock.pretend(TUESDAY + timedelta(hours=2)):
        dana.act(bill, "clinic", topic="billing", body="Please call your clinic.")
    with clock.pretend(TUESDAY + timedelta(hours=3)):
        dana.reply(second, "Please try again.")


def sheet(dana):
    return list(csv.DictReader(io.StringIO(dana.open("/desk/reports.csv?span=14").text)))


def test_the_sheet_counts_the_day_without_spam(dana, busy_day):
    with clock.pretend(TUESDAY + timedelta(days=1)):
        days = sheet(dana)

    assert len(days) == 14
    assert days[-2] == {
        "day": "2026-11-17",
        "new_ours": "2",
        "new_clinic": "1",
        "first_replies": "3",
        "median_business_hours": "2.0",
        "sent_to_clinic": "1",
    }
    assert {day["new_ours"] for day in days[:-2]} == {"0"}


def test_the_page_says_the_same(dana, busy_day):
    with clock.pretend(TUESDAY + timedelta(days=1)):
        page = dana.open("/desk/reports").text

    assert "100%" in page
    assert "2.0 h" in page
    assert "<svg" in page


def test_a_reply_after_the_weekend_took_business_hours_only(dana, patient):
    friday_4pm = datetime(2026, 11, 14, 0, 0, tzinfo=UTC)
    with clock.pretend(friday_4pm):
        reference = patient.send()
    with clock.pretend(friday_4pm + timedelta(days=2, hours=16)):  # Monday, 8 AM.
        dana.reply(reference, "Please try again.")
        days = sheet(dana)

    assert [day["median_business_hours"] for day in days if day["first_replies"] == "1"] == ["2.0"]


def test_an_empty_desk_has_a_page_and_a_sheet(dana):
    dana.open("/desk/reports")
    assert len(sheet(dana)) == 14


@pytest.mark.parametrize("span", ["0", "-1", "15", "nonsense", "99999999999999999999"])
def test_an_odd_span_is_the_usual_one(dana, span):
    with clock.pretend(TUESDAY):
        assert "October 19, 2026 to" in dana.open(f"/desk/reports?span={span}").text


def test_both_pages_are_one_place_and_speak_of_the_same_days(dana, busy_day):
    asked = "?from=2026-11-17&to=2026-11-17"
    with clock.pretend(TUESDAY + timedelta(days=3)):
        pages = {path: html.unescape(dana.open(path + asked).text) for path in ("/desk/reports", "/desk/reports/flow")}

    for path, page in pages.items():
        assert page.count("November 17, 2026") >= 2
        assert f'href="{path}?span=14"' in page
        assert all(f'href="{other}{asked}"' in page for other in pages)
    assert '<p class="v">3</p>' in pages["/desk/reports"]


def test_answers_are_named_by_their_titles_and_not_by_their_files(app, dana, patient):
    patient.send(subject="Help", message="I have chest pain and cannot breathe. Please help me now.")
    patient.get("/articles/billing?from=check")
    app.extensions["search notebook"].write()
    page = html.unescape(dana.open("/desk/reports").text)
    shown = app.extensions["shelf"].current()

    assert f'<th scope="row">{shown.find("billing").title}</th>' in page or shown.find("billing").title in page
    assert "<td>medical</td>" not in page
    assert next(card.emergency.heading for card in shown.lessons.cards if card.emergency.name == "medical") in page
