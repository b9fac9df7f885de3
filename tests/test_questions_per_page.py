"""What a page of the desk asks of the database does not grow with what it shows."""

import pytest
from sqlalchemy import text

from supportdesk import clock
from supportdesk.agents import services
from supportdesk.agents.teams import services as teams
from supportdesk.audit.services import OPERATOR
from supportdesk.database import db
from supportdesk.tickets.models import Status
from supportdesk.tickets.narrowing.due import DUE
from supportdesk.tickets.narrowing.queries import ORDERS, VIEWS
from supportdesk.tickets.queries import email_hash
from supportdesk.tickets.tags.models import Tag
from supportdesk.tickets.topics import Topic
from tests.people import REQUEST, reference_on, ticked
from tests.test_teams import hand
from tests.test_work_the_queue import on

ROUNDS = 3


class Full:
    """A desk with something in every view: `desk.add()` puts one more into each, with other people around it."""

    def __init__(self, app, dana, priya, patient):
        self.app, self.dana, self.priya, self.patient = app, dana, priya, patient
        self.rounds = 0
        with app.app_context():
            self.colleagues, self.teams, self.tags = [], [], []
            for number in range(ROUNDS):
                agent, _ = services.add_agent(f"colleague{number}@example.org", f"Colleague {number}", None)
                self.colleagues.append(agent.id)
                self.teams.append(teams.make_team(f"Team {number}", [dana.id, agent.id], OPERATOR).id)
                db.session.add(Tag(name=f"tag-{number}", created_at=clock.now()))
                db.session.commit()
            self.tags = list(db.session.scalars(text("select id from tag order by id")))

    def add(self):
        for kind in ("open", "mine", "unassigned", "waiting", "clinic", "solved", "unreached"):
            reference = self.patient.send(subject=f"{kind} {self.rounds}")
            assignee = {"mine": self.dana.id, "unassigned": None}.get(kind, self.colleagues[self.rounds])
            self._surround(reference, assignee)
            if kind == "waiting":
                self.dana.reply(reference, "Please try again.")
            elif kind == "clinic":
                self.dana.act(reference, "clinic", topic="refill", body="Please call your clinic.")
            elif kind == "solved":
                self.dana.reply(reference, "Done.", then="solved")
            elif kind == "unreached":
                self._lose_mail(reference)
        held = self.patient.post("/requests/new", data=self.patient.fill_in(subject=f"Held {self.rounds}", website="x"))
        reference_on(self.patient.get(held.location).text)
        self.rounds += 1

    def _surround(self, reference, assignee):
        """Its team, assignee and tags are others in each round: what is asked once for each of them shows."""
        self.priya.act(reference, "note", body="@dana, please look.")
        self.dana.act(reference, "watch", on="yes")
        self.dana.act(reference, "tags", **ticked(self.tags[self.rounds]))
        hand(self.dana, reference, f"team-{self.teams[self.rounds]}")
        with self.app.app_context():
            found = text("update ticket set assignee_id = :assignee where reference = :reference")
            db.session.execute(found, {"assignee": assignee, "reference": reference})
            db.session.commit()

    def _lose_mail(self, reference):
        with self.app.app_context():
            failed = text("update outbox set state = 'failed' where about = :about")
            db.session.execute(failed, {"about": reference})
            db.session.commit()


@pytest.fixture
def desk(app, dana, priya, patient):
    return Full(app, dana, priya, patient)


def addresses(desk):
    """Every view, filter and order of the queue, and each order of each view."""
    with desk.app.app_context():
        person = email_hash(REQUEST["email"]).hex()
    orders = ["", *ORDERS, *(f"-{name}" for name in ORDERS)]
    narrowed = {
        "status": list(Status),
        "topic": ["clinic", *Topic],
        "assignee": ["me", "none", *desk.colleagues],
        "team": ["mine", "none", *desk.teams],
        "person": [person],
        "tag": desk.tags,
        "due": list(DUE),
    }
    asked = [f"view={view}&sort={sort}" for view in VIEWS for sort in orders]
    return asked + [f"view=all&{name}={value}" for name, values in narrowed.items() for value in values]


def counted(desk, statements):
    found = {}
    for address in addresses(desk):
        with statements() as asked:
            desk.dana.open(f"/desk/?{address}")
        found[address] = len(asked)
    return found


def test_every_view_filter_and_order_of_the_queue_asks_as_much_for_one_as_for_several(desk, statements):
    desk.add()
    assert [view for view in VIEWS if not on(desk.dana.open(f"/desk/?view={view}").text)] == []
    few = counted(desk, statements)
    for _ in range(ROUNDS - 1):
        desk.add()
    many = counted(desk, statements)

    assert {address: (few[address], many[address]) for address in few if many[address] > few[address]} == {}


def test_a_ticket_asks_as_much_with_one_message_as_with_twenty(desk, statements):
    reference = desk.patient.send()
    desk.dana.ticket(reference)
    with statements() as one:
        desk.dana.ticket(reference)
    for number in range(10):
        desk.dana.reply(reference, f"Answer {number}.")
        desk.priya.act(reference, "note", body=f"Note {number}.")
    desk.dana.ticket(reference)
    with statements() as twenty:
        page = desk.dana.ticket(reference)

    assert all(f"Answer {number}." in page and f"Note {number}." in page for number in range(10))
    assert len(twenty) <= len(one)


def test_a_ticket_asks_as_much_beside_one_other_of_the_same_person_as_beside_several(desk, statements):
    desk.add()
    reference = desk.patient.send()
    desk.dana.ticket(reference)
    with statements() as few:
        desk.dana.ticket(reference)
    for _ in range(ROUNDS - 1):
        desk.add()
    with statements() as many:
        desk.dana.ticket(reference)

    assert len(many) <= len(few)


@pytest.mark.parametrize("has_hashes", [True, False], ids=["by hashes", "by opening"])
def test_a_search_asks_as_much_whether_it_finds_one_or_several(desk, statements, session_app, monkeypatch, has_hashes):
    monkeypatch.setitem(session_app.config, "TICKET_WORD_INDEX", has_hashes)
    desk.add()
    with statements() as few:
        first = desk.dana.look_for("please help")
    for _ in range(ROUNDS - 1):
        desk.add()
    with statements() as many:
        more = desk.dana.look_for("please help")

    assert more.text.count("/desk/tickets/NC-") > first.text.count("/desk/tickets/NC-") > 0
    assert len(many) <= len(few)
