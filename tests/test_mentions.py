"""A colleague's name in a note brings the request before them; watching keeps one in sight."""

import re

import pytest

from supportdesk.tickets.mentions.names import mentioned
from tests.conftest import signed_in

NAMES = {1: "Dana Kim", 2: "Priya Nair", 3: "Dana Ruiz", 4: "Zoë O’Neill"}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("@priya please look", (2,)),
        ("Over to you, @Priya.", (2,)),
        ("(@priya.nair)", (2,)),
        ("@Priya Nair and @dana.ruiz, @priya again", (2, 3)),
        ("@Dana Kim", (1,)),
        ("@zoë", (4,)),
        ("@zoë.o’neill!", (4,)),
        ("@priya's idea", (2,)),
        ("write to priya@nair.example or a@priya.example", ()),
        ("@ priya, call @3pm", ()),
        ("no one", ()),
        ("", ()),
    ],
)
def test_who_is_meant(text, ids):
    found = mentioned(text, NAMES)
    assert (found.ids, found.nobody, found.several) == (ids, (), ())


def test_nobody_and_several():
    found = mentioned("@dana, @priyanka, @priya.nairobi, @sam", NAMES)
    assert (found.ids, found.several, found.nobody) == ((), ("dana",), ("priyanka", "priya.nairobi", "sam"))


def test_a_mention_stands_in_the_colleagues_view_until_they_saw_it(dana, priya, patient, rows):
    reference = patient.send()
    dana.act(reference, "note", body="@priya, is this the bug of last week?")

    assert reference in priya.open("/desk/?view=mentions").text
    assert reference not in dana.open("/desk/?view=mentions").text
    page = priya.ticket(reference)
    assert "Dana Kim mentioned you in a note here." in page
    assert "Dana Kim mentioned Priya Nair" in page
    form = priya.form(reference)
    dana.act(reference, "take")
    priya.act(reference, "mentions/seen", form=form)
    assert reference not in priya.open("/desk/?view=mentions").text
    assert "Priya Nair saw the note that mentions them" in priya.ticket(reference)
    assert rows("select count(*) from audit where detail = 'mentions.seen'") == [(1,)]


@pytest.mark.parametrize(
    ("body", "cure"),
    [("@pria look", "No colleague here is called @pria."), ("@dana?", "Several colleagues are called @dana.")],
)
def test_a_name_that_is_nobodys_or_two_peoples_is_asked_for_again(app, dana, priya, patient, rows, body, cure):
    signed_in(app, "ruiz@example.org", "Dana Ruiz")
    page = dana.act(patient.send(), "note", 422, body=body)

    assert cure in page
    assert body in page
    assert rows("select count(*) from mention") == [(0,)]
    assert rows("select count(*) from message") == [(1,)]


def test_a_colleague_who_has_left_is_mentioned_no_more(dana, priya, patient, run):
    reference = patient.send()
    form = dana.form(reference)
    run(f"agents deactivate {priya.email}")

    assert "No colleague here is called @priya." in dana.act(reference, "note", 422, form, body="@priya look")


def test_a_note_on_a_stale_page_mentions_nobody(dana, priya, patient, rows):
    reference = patient.send()
    form = dana.form(reference)
    priya.act(reference, "take")

    assert "Someone changed this request" in dana.act(reference, "note", 409, form, body="@priya look")
    assert rows("select count(*) from mention") == [(0,)]


def test_one_watches_and_stops_and_no_page_of_a_colleague_gets_old_by_it(dana, priya, patient, rows):
    reference = patient.send()
    form = priya.form(reference)
    dana.act(reference, "watch", on="yes")
    dana.act(reference, "watch", on="yes")
    priya.act(reference, "take", form=form)

    assert reference in dana.open("/desk/?view=watching").text
    assert "You watch this request." in dana.ticket(reference)
    assert "Dana Kim watches this" in dana.ticket(reference)
    dana.act(reference, "watch", on="no")
    assert reference not in dana.open("/desk/?view=watching").text
    assert rows("select count(*) from watch") == [(0,)]


def watching(agent):
    """What the sidebar says of the view, and the marks of its rows."""
    page = agent.open("/desk/?view=watching").text
    said = re.search(r'Watching <span class="n">([^<]*)</span>', page)[1]
    return said, re.findall(r"</svg>(\d+ new)</span>", page)


def test_what_is_new_stands_in_the_view_until_the_watcher_has_looked(dana, priya, patient):
    reference, quiet = patient.send(), patient.send(subject="Another")
    for watched in (reference, quiet):
        dana.act(watched, "watch", on="yes")
    assert watching(dana) == ("2", [])

    priya.act(reference, "note", body="This is the outage.")
    priya.reply(reference, "It works again.")
    assert watching(dana) == ("1 new", ["2 new"])
    assert watching(priya) == ("0", [])

    page = dana.ticket(reference)
    assert "2 new since you last looked" in page
    assert page.count("New to you") == 2
    assert watching(dana) == ("2", [])
    assert "new since you last looked" not in dana.ticket(reference)


def test_what_one_wrote_oneself_is_not_new(dana, patient):
    reference = patient.send()
    dana.act(reference, "watch", on="yes")
    dana.act(reference, "note", body="I will call the clinic.")

    assert watching(dana) == ("1", [])
    assert "new since you last looked" not in dana.ticket(reference)


def test_who_begins_to_watch_starts_from_what_is_there_and_who_stops_is_told_no_more(dana, priya, patient):
    reference = patient.send()
    form = dana.form(reference)
    priya.act(reference, "note", body="Look at this.")
    dana.act(reference, "watch", form=form, on="yes")
    assert watching(dana) == ("1", [])

    priya.act(reference, "note", body="And at this.")
    dana.act(reference, "watch", form=form, on="no")
    assert watching(dana) == ("0", [])


def test_a_look_changes_nothing_of_the_ticket_and_mails_nobody(dana, priya, patient, rows):
    reference = patient.send()
    dana.act(reference, "watch", on="yes")
    form = priya.form(reference)
    priya.act(reference, "note", body="Look at this.")
    mails, [(version,)] = rows("select count(*) from outbox"), rows("select version from ticket")
    dana.ticket(reference)

    assert rows("select version from ticket") == [(version,)]
    assert rows("select count(*) from outbox") == mails
    assert form["version"] != str(version)
