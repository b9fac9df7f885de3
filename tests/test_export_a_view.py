"""Any view as CSV: what it shows and in its order, nothing that a spreadsheet would run, and no word of a patient."""

import csv
import io
from urllib.parse import quote

import pytest
from sqlalchemy import text

from supportdesk.access import Role
from supportdesk.database import db
from tests.conftest import signed_in
from tests.people import REQUEST, hidden, ticked


def read(agent, query=""):
    answer = agent.open(f"/desk/queue.csv{query}")
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_it_holds_what_the_view_shows_in_its_order(dana, patient):
    sign_in, account, bill = (patient.send(topic=topic) for topic in ("sign-in", "account", "billing"))
    dana.act(bill, "take")

    assert [row["reference"] for row in read(dana, "?sort=topic")] == [account, bill, sign_in]
    assert [row["reference"] for row in read(dana, "?view=mine")] == [bill]
    [row] = read(dana, "?view=all&topic=billing")
    assert (row["status"], row["assignee"], row["priority"]) == ("open", "Dana Kim", "normal")
    assert row["created_at"].endswith("+00:00")
    assert row["solved_at"] == ""


def test_no_word_of_a_patient_is_in_it(dana, patient):
    patient.send()
    text = dana.open("/desk/queue.csv?view=all").text

    for words in (*REQUEST["name"].split(), REQUEST["email"], "expired", "password"):
        assert words not in text


def test_a_name_that_reads_like_a_formula_is_shown_as_it_is(app, patient):
    evil = signed_in(app, "evil@example.org", '=HYPERLINK("http://evil.example")')
    evil.act(patient.send(), "take")

    assert read(evil)[0]["assignee"] == '\'=HYPERLINK("http://evil.example")'


def test_it_is_noted_in_the_audit(dana, rows):
    read(dana, "?view=waiting")
    assert rows("select detail from audit where what = 'exported'") == [("queue,view=waiting",)]


@pytest.mark.parametrize("query", ["?view=purple", "?assignee=99999", "?sort=x", "?topic=" + quote("é; drop")])
def test_a_filter_of_an_old_address_breaks_nothing(dana, query):
    read(dana, query)


def test_a_thousand_take_as_many_questions_as_their_parts_and_all_come(dana, patient, app, statements):
    for number in range(3):
        patient.send(subject=f"Question {number}")
    with statements() as asked:
        assert len(read(dana)) == 3
    assert len([text for text in asked if "FROM ticket" in text]) == 3  # Which, what of them, and their tags.


def test_each_row_names_its_tags(app, dana, patient, rows):
    lee = signed_in(app, "lee@example.org", "Lee Moreno", Role.LEAD)
    for name in ("old-phone", "browser"):
        lee.browser.post(
            "/desk/tags", data={"csrf_token": hidden(lee.open("/desk/tags").text, "csrf_token"), "name": name}
        )
    both, none = patient.send(), patient.send(subject="Another")
    dana.act(both, "tags", **ticked(*(tag_id for (tag_id,) in rows("select id from tag"))))
    with app.app_context():  # Older than the rule of what a tag may be called.
        db.session.execute(text("update tag set name = '=browser' where name = 'browser'"))
        db.session.commit()

    assert {row["reference"]: row["tags"] for row in read(dana)} == {both: "'=browser old-phone", none: ""}
