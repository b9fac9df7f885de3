"""A day ends at midnight where the desk is: for what expires, what is due for review, and what is counted in a day."""

import re
from datetime import UTC, datetime

import pytest

from supportdesk import clock
from tests.test_help_center_inside import NEW, line
from tests.test_help_center_inside import centre as centre  # noqa: PLC0414  A fixture.
from tests.test_help_center_inside import lee as lee  # noqa: PLC0414

LATE = datetime(2026, 11, 21, 7, 59, tzinfo=UTC)  # One minute before midnight of Friday, the 20th, in Los Angeles.
AFTER = datetime(2026, 11, 21, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize(("at", "status"), [(LATE, 200), (AFTER, 404)])
def test_an_article_is_shown_to_the_end_of_its_last_day(centre, at, status):
    centre.write(status="published")
    path = centre.config["CONTENT_FOLDER"] / "faq" / NEW
    path.write_text(path.read_text().replace("order: 99", "order: 99\nexpires: 2026-11-20"))
    with clock.pretend(at):  # Its first visitor reads it, so at this time.
        assert centre.test_client().get("/articles/zephyrine-draft").status_code == status


@pytest.mark.parametrize(("at", "is_due"), [(LATE, False), (AFTER, True)])
def test_an_article_is_due_for_review_from_the_next_morning(centre, lee, at, is_due):
    centre.write(reviewed="2025-11-20")
    with clock.pretend(at):
        row = line(lee.open("/desk/articles/").text, "Zephyrine question")

    assert ("Due" in row) is is_due


@pytest.mark.parametrize(("at", "day"), [(LATE, "November 20, 2026"), (AFTER, "November 21, 2026")])
def test_a_report_of_searches_ends_with_the_day_it_is_here(run, at, day):
    with clock.pretend(at):
        assert re.search(rf"to {day}$", run("faq report"), re.MULTILINE)


@pytest.mark.parametrize(("at", "day"), [(LATE, "2026-11-20"), (AFTER, "2026-11-21")])
def test_a_request_counts_on_the_day_it_was_here(dana, patient, at, day):
    with clock.pretend(at):
        patient.send()
        sheet = dana.open(f"/desk/reports.csv?from={day}&to={day}").text

    assert re.search(rf"^{day},1,", sheet, re.MULTILINE), sheet
