"""The audit: every look, search, export, sign-in and refusal leaves a line, and no line can be touched unseen."""

import csv
import io
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from supportdesk import clock
from supportdesk.agents import services
from supportdesk.audit.chain import link_of
from supportdesk.audit.models import AuditEvent, What
from supportdesk.database import db
from supportdesk.health import examine
from supportdesk.sealing import Keyring
from tests.conftest import audit_unguarded, signed_in
from tests.people import Person, hidden

PASSWORD = "a long night of quiet seas"


@pytest.fixture
def told(rows):
    """What the audit says happened since it was last asked: `told()` -> [(what, agent, reference, detail)]."""
    seen = [0]

    def since():
        found = rows(
            "select id, what, agent_id, reference, detail from audit where id > :seen order by id", seen=seen[0]
        )
        seen[0] = found[-1][0] if found else seen[0]
        return [event[1:] for event in found]

    return since


@pytest.fixture
def tamper(app):
    """Somebody who owns the database, and takes the triggers off first: `tamper("delete from audit where id = 3")`."""

    def change(statement):
        with app.app_context(), audit_unguarded():
            db.session.execute(sa.text(statement))

    return change


# What leaves a line


def test_a_look_at_a_ticket_is_exactly_one_line(dana, patient, told):
    reference = patient.send()
    told()
    dana.ticket(reference)

    assert told() == [("looked", dana.id, reference, "")]


def test_whoever_sees_a_ticket_on_whichever_page_is_noted(dana, priya, patient, told):
    reference = patient.send()
    form = dana.form(reference)
    told()
    dana.open(f"/desk/tickets/{reference}/clinic")
    dana.open("/desk/")
    priya.act(reference, "take")
    dana.act(reference, "reply", code=409, form=form, body="Too late", then="pending")

    assert told() == [
        ("looked", dana.id, reference, "clinic"),
        ("listed", dana.id, None, "view=open,first=1,found=1"),
        ("looked", priya.id, reference, ""),
        ("acted", priya.id, reference, "desk.take"),
        ("looked", dana.id, reference, "changed"),
    ]


def test_a_search_is_noted_and_not_its_words(dana, patient, told, rows):
    reference = patient.send(email="planted.address@example.com")
    told()
    dana.open(dana.find("planted.address@example.com"))
    dana.find(reference)

    assert [event[0] for event in told()] == ["listed", "searched", "searched", "listed", "searched"]
    assert "planted" not in repr(rows("select * from audit"))


def test_exports_are_noted(dana, told):
    dana.open("/desk/")
    told()
    dana.open("/desk/reports.csv?span=30")
    dana.open("/desk/audit.csv")

    dana.open("/desk/reports/guidance.csv?span=14")

    assert [event[0::3] for event in told()] == [
        ("exported", "reports,days=30"),
        ("exported", "audit,rows=5"),
        ("exported", "guidance,days=14"),
    ]


def test_every_request_that_a_search_shows_is_a_look_at_it(dana, patient, told):
    one, two = (patient.send(message="My pelican can’t sign in.") for _ in range(2))
    patient.send()
    dana.open("/desk/")
    told()
    assert one in dana.look_for("pelican").text

    looks = [event for event in told() if event[0] != "listed"]
    assert looks[0][0] == "searched"
    assert {event[1:] for event in looks[1:]} == {(dana.id, one, "search"), (dana.id, two, "search")}


def test_removing_a_passage_turning_off_links_and_letting_in_are_noted(dana, patient, told):
    reference = patient.send(message="Pelican")
    told()
    dana.act(reference, "redact", passage="Pelican", kind="other")
    dana.act(reference, "links/off")

    assert [event for event in told() if event[0] != "looked"] == [
        ("redacted", dana.id, reference, "desk.redact"),
        ("acted", dana.id, reference, "desk.revoke_links"),
    ]


def test_commands_that_erase_export_or_change_keys_are_noted(desk_with, tmp_path):
    desk = desk_with()
    reference = desk.test_client().send()
    runner = desk.test_cli_runner()
    for line, typed in (
        (f"tickets export {tmp_path / 'all.txt'} --email", "walter.briggs@example.com\n"),
        (f"tickets erase {reference} --dry-run", ""),
        (f"tickets erase {reference}", ""),
        ("keys add", ""),
        ("keys rotate", ""),
    ):
        assert runner.invoke(args=line.split(), input=typed).exit_code == 0, line

    with desk.app_context():
        events = db.session.execute(sa.text("select what, reference, detail from audit order by id")).all()
    assert [tuple(event)[:2] for event in events] == [
        ("exported", None),
        ("erased", reference),
        ("keys changed", None),
        ("keys changed", None),
    ]
    assert [event[2].partition(",")[0] for event in events] == ["person", "", "added", "rotated"]


def test_signing_in_and_out_is_noted_and_so_is_who_could_not(app, dana, told, run):
    told()
    other = Person(app.test_client(), dana.id, dana.email, dana.name)
    for email, password in ((dana.email, "wrong"), ("nobody@example.org", "wrong"), (dana.email, PASSWORD)):
        token = hidden(other.browser.get("/desk/sign-in").text, "csrf_token")
        other.browser.post("/desk/sign-in", data={"email": email, "password": password, "csrf_token": token})
    other.browser.post("/desk/sign-out", data={"csrf_token": hidden(other.open("/desk/password").text, "csrf_token")})

    assert told() == [
        ("sign-in refused", dana.id, None, "password"),
        ("sign-in refused", None, None, "password"),
        ("signed in", dana.id, None, ""),
        ("signed out", dana.id, None, ""),
    ]


def test_whoever_has_to_wait_is_noted_once_for_each_wait_and_whether_somebody_has_the_name_or_not(app, dana, told):
    for place, email, agent_id in (("198.51.100.7", dana.email, dana.id), ("198.51.100.8", "no@example.org", None)):
        stranger = Person(app.test_client(), agent_id, email, "A stranger")
        stranger.browser.environ_base["REMOTE_ADDR"] = place
        wrong, wait = (("sign-in refused", agent_id, None, detail) for detail in ("password", "password,wait"))
        told()
        assert [guess(stranger) for _ in range(9)] == [422] * 5 + [429] * 4
        assert told() == [wrong] * 5 + [wait]
        with clock.pretend(clock.now() + timedelta(minutes=2)):
            assert [guess(stranger) for _ in range(4)] == [422] + [429] * 3
            assert told() == [wrong, wait]


def guess(person):
    token = hidden(person.browser.get("/desk/sign-in").text, "csrf_token")
    answers = {"email": person.email, "password": "a guess of somebody", "csrf_token": token}
    return person.browser.post("/desk/sign-in", data=answers).status_code


def test_many_who_have_to_wait_at_once_are_one_line(app, dana, rows):
    strangers = [Person(app.test_client(), dana.id, dana.email, "A stranger") for _ in range(30)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, strangers))

    assert answers.count(429) == 25
    assert rows("select detail, count(*) from audit where what = 'sign-in refused' group by detail order by 1") == [
        ("password", 5),
        ("password,wait", 1),
    ]


def test_a_clock_that_was_set_back_writes_no_second_line(app, dana, rows):
    stranger = Person(app.test_client(), dana.id, dana.email, "A stranger")
    for _ in range(5):
        guess(stranger)
    with clock.pretend(clock.now() - timedelta(seconds=2)):
        assert [guess(stranger) for _ in range(3)] == [429, 429, 429]

    assert rows("select count(*) from audit where detail = 'password,wait'") == [(1,)]


def test_a_refusal_is_noted(dana, priya, told):
    told()
    priya.browser.get("/desk/audit")
    priya.browser.post("/desk/find", data={"find": "x"})
    priya.browser.post("/desk/find", data={"find": "x"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert told() == [
        ("refused", priya.id, None, "audit.page"),
        ("refused", priya.id, None, "form,desk.find"),
        ("refused", None, None, "desk.find"),
    ]


def test_commands_about_people_are_noted(run, told):
    run("agents add dana@example.org Dana")
    run("agents add lee@example.org Lee")
    run("agents role lee@example.org lead")
    run("agents reset lee@example.org --codes")
    run("agents deactivate lee@example.org")

    whats = [(what, detail.partition(",")[2]) for what, _who, _reference, detail in told()]
    assert whats == [
        ("agent added", "role=admin"),
        ("agent added", "role=agent"),
        ("role changed", "role=lead"),
        ("agent reset", "codes"),
        ("agent deactivated", ""),
    ]


def test_patients_leave_no_line(patient, told):
    patient.get("/")
    patient.get("/search?q=password")
    patient.send()

    assert told() == []


def test_the_same_place_can_be_told_again_and_not_where_it_is(app, dana, rows):
    for address in ("198.51.100.7", "198.51.100.7", "203.0.113.5"):
        dana.browser.environ_base["REMOTE_ADDR"] = address
        dana.open("/desk/account/")
        dana.open("/desk/")
    places = [place for (place,) in rows("select place from audit where what = 'listed' order by id")]

    assert places[0] == places[1] != places[2]
    assert "198.51" not in repr(rows("select * from audit"))


@pytest.mark.parametrize("detail", ["Walter Briggs", "a word", "walter@example.com", "x" * 81, "é", "a\nb"])
def test_a_line_takes_no_words(detail):
    with pytest.raises(ValueError, match="is a code"):
        AuditEvent(what=What.LOOKED, detail=detail)


def test_what_cannot_be_noted_is_not_shown(desk_with, caplog):
    app = desk_with()
    reference = app.test_client().send()
    dana = signed_in(app, "dana@example.org", "Dana Kim")
    caplog.set_level(logging.CRITICAL)
    with app.app_context():
        db.session.execute(sa.text("alter table audit rename to elsewhere"))
        db.session.commit()
    page = dana.open(f"/desk/tickets/{reference}", code=503).text

    assert "Reset link has expired" not in page
    assert "We can’t do that right now" in page


# Append-only, and whole


CHANGES = [
    "update audit set what = 'listed' where id = 2",
    "update audit set agent_id = null",
    "delete from audit where id = 2",
    "delete from audit",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_or_remove_a_line(app, dana, rows, statement):
    before = rows("select * from audit order by id")
    with app.app_context(), pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.text(statement))
    with app.app_context():
        db.session.rollback()

    assert rows("select * from audit order by id") == before


def test_nor_can_one_be_replaced_or_all_be_emptied_at_once(app, dana, engine_url):
    by_stealth = {
        "sqlite": "insert or replace into audit select id, at, 'listed', agent_id, place, reference, detail, link"
        " from audit where id = 2",
        "postgresql": "truncate audit",
    }
    with app.app_context():
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            db.session.execute(sa.text(by_stealth[db.engine.dialect.name]))
        db.session.rollback()


@pytest.fixture
def head(app):
    file = app.config["DATA_FOLDER"] / "audit-head"
    yield file
    file.unlink(missing_ok=True)


@pytest.mark.usefixtures("head")
def test_a_whole_audit_is_found_whole(dana, run):
    dana.open("/desk/")

    assert "The audit is whole: 4 events" in run("audit verify")
    dana.open("/desk/")
    assert "The audit is whole: 5 events" in run("audit verify")


def test_an_empty_audit_is_whole_too(run, head):
    assert "The audit is whole: 0 events" in run("audit verify")


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("update audit set what = 'listed' where id = 3", "Event 3 was changed"),
        ("update audit set agent_id = 99 where id = 4", "Event 4 was changed"),
        ("update audit set at = (select at from audit where id = 1) where id = 5", "Event 5 was changed"),
        ("update audit set detail = 'x' where id = 1", "Event 1 was changed"),
        ("update audit set link = (select link from audit where id = 2) where id = 3", "Event 3 was changed"),
        ("delete from audit where id = 3", "Event 3 is missing"),
        ("delete from audit where id between 2 and 4", "Events 2 to 4 are missing"),
        ("delete from audit where id = 1", "Event 1 is missing"),
        ("delete from audit where id >= 6", "The end of the audit was cut off: event 7 was there"),
        ("delete from audit", "The end of the audit was cut off: event 7 was there"),
        (
            "insert into audit select 8, at, what, agent_id, place, reference, detail, link from audit where id = 7",
            "Event 8 was changed, or did not come from this desk",
        ),
    ],
    ids=str,
)
def test_whatever_somebody_does_to_it_is_found_and_named(dana, run, tamper, head, statement, says):
    for _ in range(4):
        dana.open("/desk/")
    run("audit verify")
    tamper(statement)

    assert says in run("audit verify", code=1)


def test_doctor_verifies_it_and_the_page_of_the_desk_does_not_wait_for_that(dana, run, tamper, app):
    assert "ok    audit" in run("doctor")
    tamper("update audit set detail = 'view=mine' where id = 1")

    assert "look  audit: Event 1 was changed" in run("doctor")
    with app.app_context():
        assert "audit" not in examine(quickly=False)


def test_two_lines_that_changed_places_are_found(dana, run, tamper, head):
    for _ in range(3):
        dana.open("/desk/")
    for change in ("id = 99 where id = 3", "id = 3 where id = 4", "id = 4 where id = 99"):
        tamper(f"update audit set {change}")

    assert "Event 3 was changed" in run("audit verify", code=1)


def test_somebody_without_the_keys_cannot_mend_the_chain(dana, run, tamper, head, app):
    """They know how it is made, but hash with a key of their own."""
    dana.open("/desk/")
    with app.app_context():
        first, second = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id).limit(2)).all()
        second.agent_id = None
        forged = link_of(second, first.link, Keyring.new().keyed_hash).hex()
        db.session.rollback()
        literal = f"x'{forged}'" if db.engine.dialect.name == "sqlite" else f"'\\x{forged}'"
    tamper(f"update audit set agent_id = null, link = {literal} where id = 2")

    assert "Event 2 was changed" in run("audit verify", code=1)


def test_an_audit_that_began_anew_is_not_the_one_that_was_verified(dana, run, tamper, head):
    dana.open("/desk/")
    run("audit verify")
    tamper("delete from audit")
    for _ in range(9):
        dana.open("/desk/")

    assert "The audit is another one" in run("audit verify", code=1)


def test_many_at_once_make_one_chain(app, dana, run, head, rows):
    people = [signed_in(app, f"agent{number}@example.org", "Lee Moreno") for number in range(8)]

    def look(person):
        return [person.browser.get("/desk/").status_code for _ in range(6)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(look, people))

    assert {code for codes in answers for code in codes} == {200}
    assert rows("select count(*) from audit where what = 'listed'") == [(48,)]
    assert "The audit is whole" in run("audit verify")


# The page


def test_an_admin_reads_who_did_what(dana, priya, patient):
    reference = patient.send()
    priya.ticket(reference)
    page = dana.open("/desk/audit").text

    assert "Looked" in page
    assert "Priya Nair" in page
    assert reference in page
    assert "Your look is one too" in page


def test_the_page_is_noted_as_well(dana, told):
    told()
    dana.open("/desk/audit?page=2")

    assert told() == [("audit read", dana.id, None, "page=2")]


@pytest.mark.parametrize(
    ("asked", "finds"),
    [
        ("what=looked", 2),
        ("what=acted", 1),
        ("reference={reference}", 3),
        ("reference=nc-zzzz-zzzz", 0),
        ("agent={priya}&what=looked", 1),
        ("agent=none", 2),
        ("agent=' or 1=1&what=looked", 2),
        ("day={today}&what=looked", 2),
        ("day=2020-01-01", 0),
        ("day=nonsense&what=acted", 1),
        ("what=nonsense&reference={reference}", 3),
    ],
)
def test_its_filters_narrow_it(dana, priya, patient, app, asked, finds):
    reference = patient.send()
    dana.ticket(reference)
    priya.act(reference, "take")
    today = clock.now().astimezone(ZoneInfo(app.config["TIMEZONE"])).date()
    page = dana.open("/desk/audit?" + asked.format(reference=reference, priya=priya.id, today=today)).text

    assert f"{finds} event" in page


def test_it_comes_in_pages_newest_first(app, dana):
    for _ in range(50):
        dana.open("/desk/")
    first, second = dana.open("/desk/audit").text, dana.open("/desk/audit?page=2").text

    assert "1 to 50 of 53" in first
    assert "Next page" in first
    assert "51 to 54 of 54" in second
    assert "Agent added" in second.split("<tbody", 1)[1]
    for page in ("0", "-1", "9" * 30, "x"):
        dana.open(f"/desk/audit?page={page}")


def test_the_file_holds_what_the_page_shows_and_no_formula(app, dana, patient, run):
    with app.app_context():
        services.add_agent("eve@example.org", '=cmd|"/c calc"!A1')
    reference = patient.send()
    dana.ticket(reference)
    answer = dana.open(f"/desk/audit.csv?reference={reference}")
    table = list(csv.reader(io.StringIO(answer.text)))

    assert answer.mimetype == "text/csv"
    assert table[0] == ["number", "time", "what", "who", "email", "from", "request", "detail"]
    assert table[1][2:5] == ["looked", "Dana Kim", "dana@example.org"]
    eve = signed_in(app, "mallory@example.org", "@SUM(1+1)*cmd")
    eve.open("/desk/")
    cells = [cell for row in csv.reader(io.StringIO(dana.open("/desk/audit.csv").text)) for cell in row]
    assert "'@SUM(1+1)*cmd" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]
