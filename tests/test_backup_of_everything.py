"""A desk that holds every kind of row is backed up and put back, and says the same, byte for byte."""

import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock
from supportdesk.access import Role
from supportdesk.database import Base, db
from supportdesk.keys import keyring
from supportdesk.sealing import OwnKey, sealed_texts
from supportdesk.tickets.keeping import services as keeping
from tests.conftest import close, make_app, signed_in
from tests.desks import bring_what_was_learned
from tests.people import hidden, ticked
from tests.phone import set_up
from tests.post_office import PLAIN, PostOffice, deliver, desks_beside
from tests.requester import Requester, letters_of
from tests.tables import everything, fill_empty_tables
from tests.test_backup import type_there
from tests.test_held_for_review import SOON, opened_form, sent
from tests.test_merge import merge
from tests.test_one_time_codes import arriving
from tests.test_tags import make
from tests.test_teams import hand, made

LONG_AGO = datetime(2024, 1, 10, 18, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Desks of one's own on one engine, each in a folder and a database of its own: `place("here")`."""
    standing = []

    def arrive(folder, keys=None):
        data = tmp_path / folder
        url = f"sqlite:///{data / 'desk.sqlite3'}"
        if request.param == "postgresql":
            url = request.getfixturevalue("cluster").create_database()
        bring_what_was_learned(data)
        if keys:
            shutil.copytree(keys, data / "keys")
        standing.append(make_app(data, DATABASE_URL=url))
        return standing[-1]

    yield arrive
    for app in standing:
        close(app)


@pytest.fixture
def here(place):
    app = place("here")
    type_there(app, "prepare", "--no-port")
    return app


@pytest.fixture
def restored(here, place, tmp_path):
    """Back the desk up and put it back elsewhere: `restored()` is that desk."""

    def go_there():
        type_there(here, "backup", tmp_path / "desk.backup")
        there = place("there", keys=here.config["KEYS_FOLDER"])
        type_there(there, "restore", tmp_path / "desk.backup")
        return there

    return go_there


def held_by(app):
    """Every row of every table, as it lies there, without what the audit says of the copying itself."""
    with app.app_context():
        held = {table: sorted(rows, key=repr) for table, (_columns, rows) in everything().items()}
    return held | {"audit": [row for row in held["audit"] if not {"backed up", "restored"} & set(row)]}


def read_by(app):
    """Every word that is sealed and can be read, by the row and what it is."""
    with app.app_context():
        words = {}
        for kind in {mapper.class_ for mapper in Base.registry.mappers if sealed_texts(mapper.class_)}:
            for row in db.session.scalars(db.select(kind)):
                (row if isinstance(row, OwnKey) else row.ticket).unlock(keyring())
                texts = (name for name in sealed_texts(kind) if getattr(row, f"sealed_{name}"))
                words |= {(repr(row), name): getattr(row, name) for name in texts}
        db.session.rollback()
        return words


def agents_arrive(app):
    """Dana with one-time codes on her phone, Lee who leads, and Priya; neither of those two has set codes up."""
    app.config["ONE_TIME_CODES"] = "required"
    dana = arriving(app)
    set_up(dana)
    app.config["ONE_TIME_CODES"] = "off"
    lee = signed_in(app, "lee@example.org", "Lee Moreno", Role.LEAD)
    return dana, lee, signed_in(app, "priya@example.org", "Priya Nair")


def mail_comes_and_goes(app, patient, folder):
    """One who can't be reached, one who is, and one whose mail still waits."""
    with PostOffice(answers={"RCPT": {"nobody": ["550 No such user"]}}) as post, desks_beside(app, folder) as beside:
        patient.send(email="nobody@example.com")
        patient.send(email="june@example.com")
        deliver(beside(post, **PLAIN))
    patient.send(email="later@example.com")


def one_says_what_they_think(app, patient, dana):
    reference = patient.send()
    dana.reply(reference, "Please try again.", then="solved")
    walter = Requester(app.test_client(), letters_of(app), reference)
    walter.come_in()
    walter.browser.post(f"{walter.path}/opinion", data={"helped": "yes", "words": "The pelican was kind."})
    form = walter.form("Typed slowly.")
    with clock.pretend(clock.now() + timedelta(minutes=31)):
        walter.write("", form=form)


def agents_work(app, patient, dana, lee, priya):
    first, second, third = (patient.send(subject=f"Number {number}") for number in range(3))
    make(lee, "outage")
    dana.act(first, "tags", **ticked(1))
    hand(dana, first, f"team-{made(app, 'Sign-in help', priya)}")
    dana.act(first, "note", body="@priya, is this the bug of last week?")
    dana.act(first, "watch", on="yes")
    dana.act(first, "links", other=third)
    merge(lee, first, second)
    typed = {"address": f"/desk/tickets/{third}/note", "body": "Half a", "csrf_token": dana.form(third)["csrf_token"]}
    assert dana.browser.post("/desk/account/draft", data=typed).status_code == 204


def some_are_erased(app, patient, dana):
    type_there(app, "tickets", "erase", patient.send(subject="To be erased"))
    with clock.pretend(LONG_AGO):
        old = patient.send(subject="Of long ago")
    dana.reply(old, "Solved it.", then="solved")
    with app.app_context():
        db.session.execute(db.text("update ticket set updated_at = created_at where reference = :old"), {"old": old})
        db.session.commit()
        assert keeping.anonymise_old_tickets(clock.now()) == 1


def patients_say_what_is_missing(patient):
    article = re.search(r"/articles/[\w-]+", patient.get("/all").text)[0]
    key = hidden(patient.get(f"{article}/comment").text, "submission_key")
    patient.post(f"{article}/comment", data={"comment": "No word of zeppelins.", "submission_key": key})


def test_a_desk_that_holds_every_kind_of_row_comes_back_with_every_byte_and_every_word(here, restored, tmp_path):
    patient = here.test_client()
    dana, lee, priya = agents_arrive(here)
    mail_comes_and_goes(here, patient, tmp_path / "beside")
    one_says_what_they_think(here, patient, dana)
    agents_work(here, patient, dana, lee, priya)
    sent(patient, opened_form(patient), SOON)
    some_are_erased(here, patient, dana)
    patients_say_what_is_missing(patient)
    with here.app_context():
        fill_empty_tables()  # The rest holds nobody's words.
    rows, words = held_by(here), read_by(here)

    there = restored()

    assert all(rows.values())
    assert held_by(there) == rows
    assert read_by(there) == words
    assert "The pelican was kind." in words.values()
    assert "do not open" not in type_there(there, "keys", "check")


def test_after_mail_went_out_and_a_ticket_was_erased_a_backup_comes_back(here, restored):
    patient = here.test_client()
    patient.send()
    type_there(here, "outbox", "deliver")
    type_there(here, "tickets", "erase", patient.send())
    before = held_by(here)

    assert held_by(restored()) == before


def test_nobody_has_set_one_time_codes_up_and_the_desk_is_backed_up_all_the_same(here, restored):
    assert held_by(here)["agent"]
    assert held_by(restored()) == held_by(here)
