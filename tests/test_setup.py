"""Setup, for admins to read: hours, holidays, topics, mail with made-up words, and what `flask doctor` says."""

from datetime import UTC, datetime

import pytest

from supportdesk import clock
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
    assert [name for name in told if f"<strong>{name.capitalize()}</strong>" not in page] == []
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
