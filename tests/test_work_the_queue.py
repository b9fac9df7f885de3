"""The queue: what waits on us first, the views, the filters, one page at a time."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from supportdesk import clock
from supportdesk.agents.models import Agent
from supportdesk.database import db
from supportdesk.tickets import queries
from supportdesk.tickets.models import Ticket

MONDAY = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)  # 10 AM Pacific.


@pytest.fixture
def three(patient):
    """Three tickets, an hour apart, the oldest last."""
    sent = []
    for hours in (2, 1, 0):
        with clock.pretend(MONDAY + timedelta(hours=hours)):
            sent.append(patient.send(subject=f"Question {hours}", email=f"p{hours}@example.com"))
    return sent


def on(page):
    return list(dict.fromkeys(re.findall(r"/desk/tickets/(NC-[0-9A-Z-]{9})", page)))


def test_the_soonest_due_comes_first(dana, three):
    assert on(dana.open("/desk/").text) == three[::-1]


def test_the_badges_speak_business_time(dana, three):
    with clock.pretend(MONDAY + timedelta(hours=26)):  # Tuesday noon.
        page = dana.open("/desk/").text

    assert "Overdue 2 h" in page
    assert re.search(r"Overdue 1 h<", page)


def test_each_view_shows_its_own(dana, priya, three):
    latest, middle, oldest = three
    dana.act(latest, "take")
    dana.reply(middle, "Please try again.")
    dana.act(oldest, "clinic", topic="refill", body="Please call your clinic.")

    assert on(dana.open("/desk/?view=mine").text) == [latest]
    assert on(priya.open("/desk/?view=mine").text) == []
    assert on(dana.open("/desk/?view=unassigned").text) == []
    assert on(dana.open("/desk/?view=open").text) == [latest]
    assert on(dana.open("/desk/?view=waiting").text) == [middle]
    assert on(dana.open("/desk/?view=clinic").text) == [oldest]
    assert on(dana.open("/desk/?view=solved").text) == []
    assert set(on(dana.open("/desk/?view=all").text)) == set(three)


def test_filters_narrow_a_view(dana, patient):
    bill = patient.send(topic="billing")
    login = patient.send(topic="sign-in")
    dana.act(login, "take")

    assert on(dana.open("/desk/?view=all&topic=billing").text) == [bill]
    assert on(dana.open("/desk/?view=all&topic=clinic").text) == [bill]
    assert on(dana.open("/desk/?view=all&status=new").text) == [bill]
    assert on(dana.open("/desk/?view=all&assignee=me").text) == [login]
    assert on(dana.open("/desk/?view=all&assignee=none").text) == [bill]
    assert on(dana.open(f"/desk/?view=all&assignee={dana.id}").text) == [login]


@pytest.mark.parametrize(
    "odd",
    [
        "view=nonsense",
        "status=lost",
        "topic=%00",
        "assignee=99999999999999999999",
        "page=2",
        "beside=-1",
        "beside=-0.0",
        "beside=99999999999999999.999999999",
        "beside=99999999999999999999999.1",
        "person=%F0%9F%92%8A",
    ],
)
def test_an_old_or_odd_address_shows_a_page(dana, three, odd):
    dana.open(f"/desk/?{odd}")


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        ("status=nonsense", "asks for a status that is not known"),
        ("topic=SIGN-IN&tag=999", "asks for a topic and a tag that are not known"),
        ("assignee=999", "asks for a colleague that is not known"),
        ("assignee=999999999999", "asks for a colleague that is not known"),
        ("tag=x", "asks for a tag that is not known"),
        ("person=nonsense", "No request found"),
    ],
)
def test_what_an_old_address_can_not_name_any_more_it_says_and_shows_nothing_instead(dana, three, odd, says):
    page = dana.open(f"/desk/?view=all&{odd}").text

    assert says in page
    assert "tick-NC-" not in page


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        ("view=mine2", "asks for a view that is not known here"),
        ("view=all&sort=-colour", "asks for an order that is not known here"),
        ("view=old&sort=old", "asks for a view and for an order that are not known here"),
    ],
)
def test_an_old_address_with_an_unknown_view_or_order_says_so(dana, three, odd, says):
    assert says in dana.open(f"/desk/?{odd}").text


@pytest.mark.parametrize("known", ["", "view=all", "view=all&sort=-updated", "sort=", "view="])
def test_a_known_address_says_nothing_of_the_kind(dana, three, known):
    assert "not known here" not in dana.open(f"/desk/?{known}").text


def test_whose_agent_has_left_is_found_and_told(dana, priya, patient, run):
    reference = patient.send()
    priya.act(reference, "take")
    run(f"agents deactivate {priya.email}")
    page = dana.open(f"/desk/?view=all&assignee={priya.id}").text

    assert "<bdi>Priya Nair</bdi> is no longer here" in page
    assert "Priya Nair (deactivated)" in page
    assert f"tick-{reference}" in page
    assert f"assignee={priya.id}" in dana.open(f"/desk/people/{priya.id}").text


def test_a_ticket_is_found_by_reference_or_by_e_mail(dana, three):
    assert dana.find(three[0].lower()).endswith(f"/desk/tickets/{three[0]}")
    assert on(dana.open(dana.find("P1@Example.com")).text) == [three[1]]
    assert on(dana.open(dana.find("nobody@example.com")).text) == []


def test_what_was_looked_for_stands_in_no_address(dana, three):
    assert "p1" not in dana.find("P1@Example.com").lower()


def turn(page, way):
    """The address of the page before or after."""
    found = re.search(rf'rel="{way}" href="([^"]+)"', page)
    return html.unescape(found[1]) if found else None


def test_pages_hold_25_and_lead_on_and_back(dana, patient):
    sent = [patient.send(subject=f"Question {number}") for number in range(52)]

    pages, address = [], "/desk/?view=all"
    while address:
        pages.append(dana.open(address).text)
        address = turn(pages[-1], "next")
    assert [len(on(page)) for page in pages] == [25, 25, 2]
    assert [reference for page in pages for reference in on(page)] == sent
    assert ["1 to 25 of 52" in pages[0], "26 to 50 of 52" in pages[1], "51 to 52 of 52" in pages[2]] == [True] * 3
    back = dana.open(turn(pages[2], "prev")).text
    assert on(back) == on(pages[1])
    assert on(dana.open(turn(back, "prev")).text) == on(pages[0])
    assert turn(dana.open(turn(back, "prev")).text, "prev") is None


def test_nothing_is_skipped_or_seen_twice_where_tickets_go_meanwhile(dana, patient):
    sent = [patient.send(subject=f"Question {number}") for number in range(30)]
    first = dana.open("/desk/").text
    for reference in sent[:3]:
        dana.act(reference, "solve", outcome="answered")

    assert on(dana.open(turn(first, "next")).text) == sent[25:]


def test_a_page_whose_tickets_are_all_gone_is_the_first(dana, patient):
    sent = [patient.send(subject=f"Question {number}") for number in range(26)]
    following = turn(dana.open("/desk/").text, "next")
    dana.act(sent[25], "solve", outcome="answered")

    assert on(dana.open(following).text) == sent[:25]


def plan_of(app, view, *, due="", in_order=True):
    """How the database finds what a view shows, were there many tickets."""
    with app.app_context():
        is_server = db.engine.dialect.name == "postgresql"
        asked = queries.matching(queries.Filters(view=view, due=due), Agent(id=1), MONDAY if due else None)
        wanted = asked.with_only_columns(Ticket.id).limit(1000)
        wanted = wanted if in_order else wanted.order_by(None)
        asked = wanted.compile(db.engine, compile_kwargs={"literal_binds": True})
        if is_server:
            db.session.execute(text("set local enable_seqscan = off"))
            db.session.execute(text(f"set local enable_sort = {'off' if in_order else 'on'}"))
        rows = db.session.execute(text(f"{'explain' if is_server else 'explain query plan'} {asked}")).all()
        db.session.remove()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("view", ["mine", "unassigned", "open", "all", "held", "waiting", "clinic", "solved"])
def test_each_view_is_read_off_an_index_in_the_order_of_the_queue(app, view):
    plan = plan_of(app, view)

    assert re.search(r"ix_ticket_\w*rank", plan)
    assert "Seq Scan" not in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


def test_what_my_teams_have_is_counted_off_an_index(app):
    """PostgreSQL goes by what is in the table, which is nothing here: by team, or by what is still ours."""
    plan = plan_of(app, "teams", in_order=False)

    by_server = r"Index (Only )?Scan (on|using) ix_ticket_\w*rank"
    assert re.search(rf"SEARCH ticket USING COVERING INDEX ix_ticket_team_id_rank|{by_server}", plan)
    assert "Seq Scan on ticket" not in plan


def test_the_few_that_are_held_are_not_looked_for_among_all(app):
    assert "ix_ticket_held_rank" in plan_of(app, "held")


def test_what_the_queue_asks_of_the_database_does_not_grow(dana, patient, app, statements):
    patient.send()
    with statements() as few:
        dana.open("/desk/")
    for number in range(10):
        patient.send(subject=f"Question {number}")
    with statements() as many:
        dana.open("/desk/")

    assert len(many) == len(few)


def test_counting_ends_where_nobody_needs_to_know_more(dana, patient, app):
    more_like(app, patient.send(topic="account"), 1_100)

    all_of_them = dana.open("/desk/?view=all").text
    narrowed = dana.open("/desk/?view=all&topic=account").text
    twice = dana.open("/desk/?view=all&topic=account&status=new").text
    last = follow(dana, twice, "next", times=2)

    assert "1 to 25 of 999+" in all_of_them
    assert "1 to 25 of 999+" in narrowed
    assert "1 to 25 of 49+" in twice
    assert "25 of 49+" in last
    assert " to 75 of" not in last


def more_like(app, reference, number):
    """So many copies of the newest ticket, for the queue alone to look at."""
    with app.app_context():
        found = db.session.execute(Ticket.__table__.select().where(Ticket.reference == reference))
        row = dict(found.one()._mapping)
        copies = [
            row
            | {"id": row["id"] + n, "reference": f"NC-{n:04}-0000", "submission_key": str(n), "rank": row["rank"] + n}
            for n in range(1, number + 1)
        ]
        db.session.execute(Ticket.__table__.insert(), copies)
        db.session.commit()


def follow(agent, page, rel, times):
    for _ in range(times):
        page = agent.open(html.unescape(re.search(rf'rel="{rel}" href="([^"]*)"', page)[1])).text
    return page
