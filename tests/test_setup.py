"""Setup, for admins to read: hours, holidays, topics, mail with made-up words, and what `flask doctor` says."""

import html
import re
from datetime import UTC, date, datetime

import pytest

from supportdesk import clock
from supportdesk.tickets.clocks.services import keep_up_with_the_calendar
from supportdesk.tickets.setup.deadlines import settings
from tests.conftest import ROOT, signed_in

MAILS = {path.stem for path in (ROOT / "templates" / "mail").iterdir()} - {"card", "due"}


def test_hours_holidays_and_topics_stand_there_as_they_are_set(dana):
    with clock.pretend(datetime(2026, 11, 17, 18, tzinfo=UTC)):
        page = dana.open("/desk/setup/").text

    assert "07:00 to 17:00" in page
    assert page.count("Closed</td>") == 2  # Saturday and Sunday.
    assert "Thanksgiving" in page
    assert "Prescription refills" in page
    assert 'href="/desk/articles/prescription-refill"' in page


def test_other_hours_are_shown_too(desk_with):
    app = desk_with(OPENING_HOURS="mon 09:00-12:00, 13:00-15:00", HOLIDAYS="none")
    page = signed_in(app, "dana@example.org", "Dana Kim").open("/desk/setup/").text

    assert "09:00 to 12:00, 13:00 to 15:00" in page
    assert "<p>No day.</p>" in page


def test_health_says_what_the_doctor_says(dana, run):
    page = dana.open("/desk/setup/").text
    told = [line[6:].partition(":")[0] for line in run("doctor").splitlines() if line[:4] in {"ok  ", "look"}]

    assert told
    missing = [name for name in told if f"<strong>{name.capitalize()}</strong>" not in page]
    assert missing == ["audit"], "reading all of it takes a command's time"
    assert "Set SUPPORTDESK_BASE_URL to the address that patients type." in page


@pytest.mark.parametrize("name", sorted(MAILS))
def test_every_mail_can_be_read_with_made_up_words(dana, patient, name):
    patient.send()
    page = dana.open(f"/desk/setup/mail/{name}").text

    assert f'href="/desk/setup/mail/{name}"' in dana.open("/desk/setup/").text
    assert "walter" not in page.lower()
    assert "NC-7HK4-92QX" in page or "123 456" in page


@pytest.mark.parametrize("name", ["card", "due", "nothing", "..%2Fhelp%2Fhome"])
def test_what_is_no_mail_is_not_shown(dana, name):
    dana.open(f"/desk/setup/mail/{name}", code=404)


def test_only_admins_see_it(dana, priya):
    priya.open("/desk/setup/", code=403)


# Deadlines


def read(agent):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", agent.open("/desk/setup/deadlines").text)).split())


def test_deadlines_without_rules_have_one_target_and_the_defaults(dana):
    with clock.pretend(datetime(2026, 11, 17, 18, tzinfo=UTC)):
        page = read(dana)

    assert "A first reply is due within 600 minutes of business time" in page
    assert "There is no rule" in page
    assert "No day has a break." in page
    assert "November 26, 2026 Closed Thanksgiving A federal holiday" in page
    assert "December 24, 2027 Closed Christmas (observed)" in page  # To the end of next year.
    assert "2028" not in page
    assert "November 11, 2026" not in page  # It is over.
    assert "HOLIDAYS us-federal , by its default." in page
    assert "30 business minutes before a reply is due" in page


def test_every_target_break_closure_and_half_day_stands_there_with_where_it_comes_from(desk_with):
    app = desk_with(
        OPENING_HOURS="mon-fri 07:00-12:00, 13:00-17:00",
        HOLIDAYS="us-federal, 2026-12-31, 2026-12-24 07:00-12:00, -2027-10-11",
        REPLY_MINUTES="300",
        REPLY_TARGETS="urgent 60/120; high billing 240",
    )
    dana = signed_in(app, "dana@example.org", "Dana Kim")
    with clock.pretend(datetime(2026, 11, 17, 18, tzinfo=UTC)):
        page = read(dana)

    assert "Password or sign-in 300 300 300 60, then 120 urgent" in page
    assert "300 300 240 high billing 60, then 120 urgent" in page
    assert "Breaks: Monday 12:00 to 13:00; Tuesday" in page
    assert "December 24, 2026 Open 07:00 to 12:00 Hours of its own Named in HOLIDAYS" in page
    assert "December 31, 2026 Closed Closed by the desk Named in HOLIDAYS" in page
    assert "October 11, 2027 Open after all Columbus Day Named in HOLIDAYS" in page
    assert "by the program that made the desk" in page


def test_each_line_that_it_shows_can_be_read_by_the_desk(desk_with):
    for number, holidays in enumerate(("us-federal", "none", "us-federal, 2026-12-31")):
        app = desk_with(f"shown-{number}", HOLIDAYS=holidays)
        with app.app_context():
            shown = settings(app.config, date(2026, 11, 17))
        desk_with(f"changed-{number}", **{told.name: told.example for told in shown})


def test_where_running_deadlines_follow_other_hours_it_says_so(dana, app, run, rows):
    assert "follow other hours or targets" not in read(dana)
    with app.app_context():
        keep_up_with_the_calendar()
    assert "follow other hours or targets" not in read(dana)
    app.config["REPLY_MINUTES"] = 601
    try:
        assert "follow other hours or targets" in read(dana)
    finally:
        app.config["REPLY_MINUTES"] = 600


def test_only_admins_see_deadlines(dana, priya):
    priya.open("/desk/setup/deadlines", code=403)
