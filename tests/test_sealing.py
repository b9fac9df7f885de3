"""Sealing: what was put in comes out for the holder of the private key, in its own place, and nowhere else."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.exceptions import Sealed
from supportdesk.mail.models import OutboxMail
from supportdesk.sealing import DataKey, Keyring, derived_key
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.queries import ticket_for_agent

WORDS = "My knee hurts 👩🏽‍⚕️ שלום."
PLACE = "ticket|subject|NC-7HK4-92QX"


@pytest.fixture(scope="module")
def keyring():
    return Keyring.new()


@pytest.fixture(scope="module")
def public_half(keyring):
    return Keyring(keyring.key_id, keyring.public, {}, keyring.hashing)


@pytest.mark.parametrize("words", ["", "a", WORDS, "x" * 20_000, "\x00\n\t"], ids=len)
def test_words_come_out_as_they_went_in(words):
    key = DataKey()

    assert key.open(key.seal(words, PLACE), PLACE) == words


def test_the_same_words_never_look_the_same_twice():
    key = DataKey()

    assert key.seal(WORDS, PLACE) != key.seal(WORDS, PLACE)
    assert WORDS.encode() not in key.seal(WORDS, PLACE)


def test_no_changed_byte_goes_unnoticed():
    key = DataKey()
    sealed = key.seal("Hello", PLACE)

    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(Sealed):
            key.open(bytes(changed), PLACE)


def test_many_words_under_one_data_key_open_in_one_go(keyring, public_half):
    key = DataKey()
    sealed = [(key.seal(WORDS, f"{PLACE}|{number}"), f"{PLACE}|{number}") for number in range(3)]
    swapped = [(sealed[0][0], sealed[1][1])]

    for data_key in (public_half.seal_key(key, PLACE), keyring.settle_key(key, PLACE)):
        assert keyring.open_all(data_key, keyring.key_id, PLACE, sealed) == [WORDS.encode()] * 3
        for ring, place, parts in (
            (public_half, PLACE, sealed),
            (keyring, "elsewhere", sealed),
            (keyring, PLACE, swapped),
            (keyring, PLACE, [(b"", PLACE)]),
        ):
            with pytest.raises(Sealed):
                ring.open_all(data_key, keyring.key_id, place, parts)


def read(row, *names):
    return [getattr(row, name) for name in names]


@pytest.mark.parametrize("length", range(0, 33, 4))
def test_what_is_cut_short_does_not_open(length):
    key = DataKey()

    with pytest.raises(Sealed):
        key.open(key.seal("Hello", PLACE)[:length], PLACE)


@pytest.mark.parametrize("place", ["ticket|name|NC-7HK4-92QX", "ticket|subject|NC-7HK4-92QY", "", "message|body|1"])
def test_what_is_moved_to_another_place_does_not_open(place):
    key = DataKey()

    with pytest.raises(Sealed, match="changed or moved"):
        key.open(key.seal(WORDS, PLACE), place)


def test_another_data_key_opens_nothing():
    with pytest.raises(Sealed):
        DataKey().open(DataKey().seal(WORDS, PLACE), PLACE)


def test_the_public_half_seals_what_only_the_private_half_opens(keyring, public_half):
    key = DataKey()
    sealed = public_half.seal_key(key, PLACE)

    assert keyring.open_key(sealed, public_half.key_id, PLACE) == key
    with pytest.raises(Sealed, match="no private key"):
        public_half.open_key(sealed, public_half.key_id, PLACE)


def test_a_data_key_opens_for_its_own_row_and_desk_only(keyring):
    sealed = keyring.seal_key(DataKey(), PLACE)
    stranger = Keyring.new()

    for ring, key_id, place in [
        (keyring, keyring.key_id, "ticket|subject|NC-7HK4-92QY"),
        (stranger, keyring.key_id, PLACE),
        (
            Keyring(keyring.key_id, keyring.public, {keyring.key_id: next(iter(stranger.private.values()))}, b""),
            keyring.key_id,
            PLACE,
        ),
    ]:
        with pytest.raises(Sealed):
            ring.open_key(sealed, key_id, place)


@pytest.mark.parametrize("length", [0, 1, 31, 32, 40, 79])
def test_a_data_key_that_is_cut_short_does_not_open(keyring, length):
    with pytest.raises(Sealed):
        keyring.open_key(keyring.seal_key(DataKey(), PLACE)[:length], keyring.key_id, PLACE)


def test_equal_texts_have_equal_hashes_for_one_purpose_and_one_desk_only(keyring):
    found = keyring.keyed_hash("e-mail", "walter@example.com")

    assert len(found) == 32
    assert found == keyring.keyed_hash("e-mail", "walter@example.com")
    assert found != keyring.keyed_hash("word", "walter@example.com")
    assert found != keyring.keyed_hash("e-mail", "walter@example.org")
    assert found != Keyring.new().keyed_hash("e-mail", "walter@example.com")


def test_derived_keys_differ_by_secret_and_purpose():
    assert derived_key("a secret", "receipt") == derived_key("a secret", "receipt")
    assert derived_key("a secret", "receipt") != derived_key("a secret", "address")
    assert derived_key("a secret", "receipt") != derived_key("another", "receipt")


def test_keys_and_rows_show_nothing_of_what_they_hold(keyring, app, patient):
    key = DataKey()
    reference = patient.send(subject="Plantedsubject", name="Plantedname")
    with app.app_context():
        ticket = ticket_for_agent(reference)
        outbox = db.session.query(OutboxMail).all()
        things = [key, keyring, ticket, ticket.messages, ticket.events, outbox, db.session.query(Agent).all()]
        shown = "".join(f"{thing!r}{thing!s}" for thing in things)

    assert "Planted" not in shown
    for secret in (key.key, keyring.hashing, *keyring.private.values()):
        assert repr(secret) not in shown
        assert secret.hex() not in shown


@pytest.fixture
def two_tickets(app, patient):
    return patient.send(name="Walter", subject="First"), patient.send(name="June", subject="Second")


@pytest.mark.parametrize(
    "move",
    [
        "sealed_subject = (select sealed_subject from ticket where reference = :theirs)",
        "sealed_subject = sealed_name",
        "sealed_email = (select sealed_email from ticket where reference = :theirs)",
        "sealed_subject = substr(sealed_subject, 1, 4)",
    ],
    ids=["of another row", "of another column", "the address of another", "cut short"],
)
def test_a_ciphertext_that_was_moved_in_the_database_does_not_open(app, two_tickets, move):
    ours, theirs = two_tickets
    change(app, f"update ticket set {move} where reference = :ours", ours=ours, theirs=theirs)

    with app.app_context():
        ticket = ticket_for_agent(ours)
        with pytest.raises(Sealed):
            read(ticket, "name", "email", "subject")
        assert ticket_for_agent(theirs).subject == "Second"


def test_a_whole_row_of_another_ticket_does_not_open_under_this_reference(app, two_tickets):
    ours, theirs = two_tickets
    columns = ("sealed_key", "sealed_name", "sealed_email", "sealed_subject", "key_id")
    moved = ", ".join(f"{name} = (select {name} from ticket where reference = :theirs)" for name in columns)
    change(app, f"update ticket set {moved} where reference = :ours", ours=ours, theirs=theirs)

    with app.app_context(), pytest.raises(Sealed):
        ticket_for_agent(ours)


def test_a_message_that_was_moved_to_another_ticket_does_not_open(app, two_tickets):
    ours, theirs = two_tickets
    with app.app_context():
        mine, their = (ticket_for_agent(reference) for reference in (ours, theirs))
        message, target = their.messages[0].id, mine.id
    change(app, "update message set ticket_id = :target where id = :message", target=target, message=message)

    with app.app_context():
        ticket = ticket_for_agent(ours)
        moved = next(found for found in ticket.messages if found.id == message)
        with pytest.raises(Sealed):
            read(moved, "body")


@pytest.mark.parametrize("damage", ["sealed_subject = sealed_name", "sealed_key = sealed_name", "key_id = 'lost'"])
def test_a_damaged_ticket_gets_a_calm_page_and_takes_no_other_along(app, dana, two_tickets, damage):
    ours, theirs = two_tickets
    change(app, f"update ticket set {damage} where reference = :ours", ours=ours)

    assert "Sealed" not in dana.open(f"/desk/tickets/{ours}", code=503).text
    for page in (dana.ticket(theirs), dana.open("/desk/").text):
        assert "Second" in page
        assert "This request can’t be opened" in page
        assert ours in page


def test_no_column_holds_words_in_clear(app):
    """A new column for words must be one that is sealed: this asks of every text column what it is for."""
    with app.app_context():
        columns = {
            f"{table}.{column['name']}"
            for table in inspect(db.engine).get_table_names()
            for column in inspect(db.engine).get_columns(table)
            if "CHAR" in str(column["type"]).upper() or "TEXT" in str(column["type"]).upper()
        }
    ours_or_the_desks = {
        "article_comment": {"key_id", "seal_id", "slug"},
        "agent": {"email", "key_id", "name", "password_hash", "role"},
        "alembic_version": {"version_num"},
        "audit": {"detail", "place", "reference", "what"},  # tests/test_audit.py: it takes no words.
        "draft": {"address", "box", "key_id"},
        "dropped_key": {"key_id"},
        "event": {"act"},
        "message": {"kind", "seal_id"},
        "bulk_act": {"act"},
        "bulk_change": {"reference", "result"},
        "calendar": {"fingerprint"},
        "canned_text": {"body", "name", "title"},  # A lead's, for every patient.
        "canned_use": {"name"},
        "deadline_notice": {"kind"},
        "saved_view": {"name"},
        "tag": {"name"},  # A lead's, for many requests.
        "team": {"name"},  # An admin's, for their colleagues.
        "unsent_reply": {"mail"},
        "outbox": {"about", "key_id", "message_id", "state", "template", "trouble"},
        "own_visit": {"seal_id"},
        "search_count": {"detail", "what"},
        "search_salt": {"purpose"},
        "search_words": {"words"},  # Everybody's by then: tests/test_learning.py holds when.
        "sign_in": {"browser"},
        "ticket": {
            "channel",
            "emergency",
            "guided_topic",
            "held_because",
            "key_id",
            "outcome",
            "priority",
            "reference",
            "route",
            "status",
            "submission_key",
            "topic",
        },
    }
    assert columns <= {f"{table}.{name}" for table, names in ours_or_the_desks.items() for name in names}


def change(app, statement, **values):
    with app.app_context(), Session(db.engine) as session, session.begin():
        session.execute(text(statement), values)


def test_a_row_that_was_not_unlocked_does_not_open(app, two_tickets):
    with app.app_context(), pytest.raises(Sealed, match="unlocked"):
        read(db.session.query(Ticket).first(), "subject")
