"""“Did we help you?”: asked on the requester's own page once their request is solved; the words are sealed."""

import csv
import io
from datetime import timedelta

import pytest

from supportdesk import clock
from supportdesk.tickets.keeping.services import anonymise_old_tickets
from tests.requester import Requester

WORDS = "Plantedopinion: the pelican was kind"


@pytest.fixture
def walter(app, patient, dana, letters):
    """At his own page, which is about a solved request."""
    reference = patient.send()
    dana.reply(reference, "Please try again.", then="solved")
    requester = Requester(app.test_client(), letters, reference)
    requester.come_in()
    return requester


def say(walter, helped="yes", words="", code=303):
    answer = walter.browser.post(f"{walter.path}/opinion", data={"helped": helped, "words": words})
    assert answer.status_code == code, answer.text
    return answer


def test_it_is_asked_sealed_and_read_by_agents_only(walter, dana, rows):
    assert "Did we help you?" in walter.read()
    answer = say(walter, "no", WORDS)

    assert "Thank you for telling us" in walter.browser.get(answer.location).text
    assert "pelican" not in repr(rows("select * from opinion"))
    assert rows("select helped from opinion")[0][0] in (False, 0)
    page = dana.ticket(walter.reference)
    assert WORDS in page
    assert "<strong>No</strong>" in page
    sheet = csv.reader(io.StringIO(dana.open("/desk/reports/flow.csv").text))
    assert [row for row in sheet if row[0] == "did_we_help"] == [
        ["did_we_help", "yes", "0"],
        ["did_we_help", "no", "1"],
    ]


def test_the_latest_answer_counts_and_the_words_may_be_left_out(walter, dana, rows):
    say(walter, "no", WORDS)
    say(walter, "yes")

    assert rows("select count(*) from opinion") == [(1,)]
    assert "0 of 1" not in dana.open("/desk/reports/flow").text
    assert "1 of 1 (100%) who told us said yes." in dana.open("/desk/reports/flow").text
    assert "pelican" not in dana.ticket(walter.reference)


@pytest.mark.parametrize(("helped", "words"), [("maybe", ""), ("", ""), ("yes", "x" * 501)])
def test_what_can_not_be_taken_is_not(walter, rows, helped, words):
    assert words in say(walter, helped, words, 422).text
    assert rows("select count(*) from opinion") == [(0,)]


def test_nobody_else_can_say_it_and_nothing_is_asked_before(walter, app, dana, patient, rows):
    stranger = Requester(app.test_client(), None, walter.reference)
    say(stranger, code=403)
    dana.act(walter.reference, "reopen")
    assert "Did we help you?" not in walter.read()
    say(walter, code=404)

    assert rows("select count(*) from opinion") == [(0,)]


def figures(dana):
    """What the report of today counts, as page and as sheet."""
    sheet = csv.reader(io.StringIO(dana.open("/desk/reports/flow.csv").text))
    counted = [row for row in sheet if row[0] == "did_we_help"]
    return counted, "1 of 1 (100%) who told us said yes." in dana.open("/desk/reports/flow").text


def counted(agent):
    sheet = csv.reader(io.StringIO(agent.open("/desk/reports/flow.csv").text))
    return [int(row[2]) for row in sheet if row[0] == "did_we_help"]


@pytest.mark.parametrize("before_the_merge", [False, True])
def test_of_what_was_merged_it_is_about_the_whole_and_counts_once(
    walter, app, dana, patient, letters, rows, before_the_merge
):
    if before_the_merge:
        say(walter, "no", WORDS)
    whole = patient.send(subject="Still locked out")
    version = dict(rows("select reference, version from ticket"))[walter.reference]
    dana.act(whole, "merge", other=walter.reference, other_version=str(version))
    if before_the_merge:
        assert WORDS in dana.ticket(whole)
        assert counted(dana) == [0, 1]
    dana.reply(whole, "It works again.", then="solved")

    assert "Did we help you?" in walter.read()
    answer = say(walter, "yes", "The pelican was kinder")
    assert "Thank you for telling us" in walter.browser.get(answer.location).text
    assert counted(dana) == [1, 0]
    assert "The pelican was kinder" in dana.ticket(whole)

    other_link = Requester(app.test_client(), letters, whole)
    other_link.come_in()
    say(other_link, "no")
    assert counted(dana) == [0, 1]


@pytest.mark.parametrize("way", ["erased", "anonymised"])
def test_the_words_go_with_the_ticket_and_the_figure_stays(walter, app, dana, run, rows, way):
    say(walter, "yes", WORDS)
    before = figures(dana)
    if way == "erased":
        run(f"tickets erase {walter.reference}")
    else:
        with app.app_context():
            assert anonymise_old_tickets(clock.now() + timedelta(days=1000)) == 1

    assert rows("select sealed_words from opinion") == [(b"",)]
    assert figures(dana) == before
    assert before[1]
    assert "do not open" not in run("keys check")
