"""Many tickets at once: each by itself, reported one by one, and put back again; nothing half done."""

import html
import re

import pytest

from supportdesk.tickets.tags.services import make_tag, retire_tag
from tests.people import ticked

STATE = "select status, outcome, priority, topic, assignee_id, reply_due_at, solved_at from ticket order by id"

TOKEN = r'name="csrf_token" value="([^"]*)"'
CARRIED = """
    select reference, name from ticket join ticket_tag on ticket_id = ticket.id join tag on tag_id = tag.id
    order by ticket.id, name
"""


@pytest.fixture
def three(patient):
    return [patient.send(subject=f"Question {number}", topic="sign-in") for number in range(3)]


@pytest.fixture
def app(app):
    app.config["UNDO_SECONDS"] = 10
    yield app
    app.config["UNDO_SECONDS"] = 0


def tick(agent, *references, view="all"):
    """What the queue's form holds with these ticked: the token, and each with its version."""
    page = agent.open(f"/desk/?view={view}").text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)[1]
    boxes = re.findall(r'name="(tick-NC-[0-9A-Z-]{9})" value="(\d+)"', page)
    return {"csrf_token": token} | {name: version for name, version in boxes if name[5:] in references}


def apply(agent, form, act, code=303, query=""):
    answer = agent.browser.post(f"/desk/bulk{query}", data=form | {"act": act})
    assert answer.status_code == code, answer.text
    return answer.location if code == 303 else html.unescape(answer.text)


def read(agent, address):
    return html.unescape(agent.open(address).text)


def undo(agent, address):
    page = agent.open(address).text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)[1]
    answer = agent.browser.post(address + "/undo", data={"csrf_token": token})
    assert answer.status_code == 303, answer.text
    return read(agent, answer.location)


def test_what_it_did_is_told_for_each(dana, priya, three, rows):
    first, second, third = three
    form = tick(dana, *three)
    priya.act(second, "note", body="I am on it.")
    dana.act(third, "details", status="closed", priority="normal", topic="sign-in", assignee="")
    form |= {f"tick-{third}": "2", "tick-NC-2222-2222": "1"}
    page = read(dana, apply(dana, form, "priority:high"))

    assert "1 of 4 done" in page
    for reference, told in (
        (first, "Done"),
        (second, "Someone changed it after you opened the queue"),
        (third, "closed for good"),
        ("NC-2222-2222", "can’t be opened"),
    ):
        assert re.search(rf"{reference}</span></span></td>(?:(?!</tr>).)*{told}", page, re.DOTALL), told
    assert rows("select priority from ticket order by id") == [("high",), ("normal",), ("normal",)]


@pytest.mark.parametrize(
    ("act", "change"),
    [
        ("take", {"assignee_id": "dana", "status": "open"}),
        ("assign:none", {"assignee_id": None}),
        ("priority:urgent", {"priority": "urgent"}),
        ("topic:billing", {"topic": "billing"}),
        ("solve", {"status": "solved", "outcome": "answered"}),
        ("spam", {"status": "solved", "outcome": "spam"}),
    ],
)
def test_each_act_does_what_it_says_and_undo_puts_everything_back(dana, priya, three, rows, act, change):
    if act == "assign:none":
        for reference in three:
            priya.act(reference, "take")
    before = rows(STATE)
    address = apply(dana, tick(dana, *three), act)
    assert "3 of 3 done" in read(dana, address)
    names = ("status", "outcome", "priority", "topic", "assignee_id")
    for row in rows(STATE):
        now = dict(zip(names, row, strict=False))
        assert {name: now[name] for name in change} == {
            name: dana.id if value == "dana" else value for name, value in change.items()
        }

    assert "3 of 3 put back" in undo(dana, address)
    assert rows(STATE) == before
    assert "Dana Kim undid the last change" in dana.ticket(three[0])


@pytest.fixture
def tags(app, rows):
    """Two that are in use, and one that is retired; each name with its number."""
    with app.app_context():
        for name in ("browser", "outage"):
            make_tag(name)
        retire_tag(make_tag("winter").id)
    return dict(rows("select name, id from tag"))


def test_a_tag_is_put_on_many_and_taken_off_again(dana, three, tags, rows):
    first, second, third = three
    dana.act(first, "tags", **ticked(tags["browser"]))
    dana.act(second, "tags", **ticked(tags["outage"]))
    before = rows(CARRIED)
    address = apply(dana, tick(dana, *three), f"tag:{tags['browser']}")
    page = read(dana, address)

    assert "Put a tag on: browser" in page
    assert "2 of 3 done" in page
    assert re.search(rf"{first}</span></span></td>(?:(?!</tr>).)*It was so already", page, re.DOTALL)
    assert rows(CARRIED) == [
        (first, "browser"), (second, "browser"), (second, "outage"), (third, "browser")
    ]  # fmt: skip
    assert "Dana Kim put the tag browser on this" in dana.ticket(third)
    assert "2 of 3 put back" in undo(dana, address)
    assert rows(CARRIED) == before

    address = apply(dana, tick(dana, *three), f"untag:{tags['outage']}")
    assert "Take a tag off: outage" in read(dana, address)
    assert rows(CARRIED) == [(first, "browser")]
    assert "1 of 3 put back" in undo(dana, address)
    assert rows(CARRIED) == before


def test_a_tag_put_on_by_somebody_since_is_not_undone(dana, priya, three, tags, rows):
    address = apply(dana, tick(dana, *three), f"tag:{tags['browser']}")
    priya.act(three[0], "tags", **ticked(tags["outage"]))

    assert "2 of 3 put back" in undo(dana, address)
    assert rows(CARRIED) == [(three[0], "outage")]


def test_a_retired_tag_comes_off_but_goes_nowhere_new(dana, three, tags, rows):
    page = dana.open("/desk/?view=all").text
    assert f'value="untag:{tags["winter"]}"' in page
    assert f'value="tag:{tags["winter"]}"' not in page

    for act in (f"tag:{tags['winter']}", "tag:999999", "untag:999999"):
        assert "That tag is no longer in use" in apply(dana, tick(dana, *three), act, 422)
    assert rows(CARRIED) == []


def test_assigned_to_a_colleague(dana, priya, three, rows):
    page = read(dana, apply(dana, tick(dana, *three[:2]), f"assign:{priya.id}"))

    assert "Assign: Priya Nair" in page
    assert rows("select assignee_id from ticket order by id") == [(priya.id,), (priya.id,), (None,)]


EMERGENCY = {"topic": "medical", "subject": "Chest pain", "message": "I have crushing chest pain and can't breathe."}


def send_notes(agent, form):
    """Read the page that comes before, and send what it says; returns that page and the address of what came of it."""
    before = agent.browser.post("/desk/bulk", data=form | {"act": "clinic"})
    assert before.status_code == 200, before.text
    return html.unescape(before.text), apply(agent, form | {"then": "send"}, "clinic")


def test_what_goes_to_whom_is_shown_before_any_note_is_sent(dana, patient, rows):
    bill, refill = patient.send(topic="billing"), patient.send(topic="refill", email="rosa@example.com")
    other, urgent = patient.send(topic="sign-in"), patient.send(**EMERGENCY)
    before = rows(STATE)
    page = html.unescape(
        dana.browser.post("/desk/bulk", data=tick(dana, bill, refill, other, urgent) | {"act": "clinic"}).text
    )

    assert "Send 2 notes to 2 patients?" in page
    assert "Nothing is sent yet." in page
    assert "Your bill comes from your clinic" in page
    assert "Hi (first name)," in page
    assert re.search(rf"1 request is left out: it may be an emergency\..*{urgent}", page, re.DOTALL)
    assert re.search(rf"{other}</a>.*not clear which of the clinic’s topics", page, re.DOTALL)
    assert rows(STATE) == before
    assert rows("select count(*) from outbox where template = 'clinic'") == [(0,)]
    assert rows("select count(*) from bulk_act") == [(0,)]


def test_where_nothing_can_be_sent_there_is_no_button_for_it(dana, patient, three):
    urgent = patient.send(**EMERGENCY)
    page = dana.browser.post("/desk/bulk", data=tick(dana, urgent, *three) | {"act": "clinic"}).text

    assert "There is nothing to send" in page
    assert 'name="then"' not in page


@pytest.mark.parametrize("act", ["clinic", "solve", "spam"])
def test_what_may_be_an_emergency_is_ended_with_no_others(dana, patient, rows, act):
    urgent, bill = patient.send(**EMERGENCY), patient.send(topic="billing")
    page = read(dana, apply(dana, tick(dana, urgent, bill) | {"then": "send"}, act))

    assert "1 of 2 done" in page
    assert "It may be an emergency. Open it, and call or answer them yourself." in page
    assert rows("select status from ticket order by id") == [("new",), ("solved",)]
    assert rows("select count(*) from outbox where template = 'clinic'") == [(int(act == "clinic"),)]


def test_what_an_agent_found_to_be_none_is_ended_with_the_others(dana, patient, rows):
    urgent = patient.send(**EMERGENCY)
    apply(dana, tick(dana, urgent), "priority:normal")

    assert "1 of 1 done" in read(dana, apply(dana, tick(dana, urgent), "solve"))


def test_sent_to_the_clinic_each_with_its_own_note_and_taken_back(dana, patient, rows, app):
    bill, refill = patient.send(topic="billing"), patient.send(topic="refill")
    other = patient.send(topic="sign-in")
    before = rows(STATE)
    _before, address = send_notes(dana, tick(dana, bill, refill, other))
    page = read(dana, address)

    assert "2 of 3 done" in page
    assert "not clear which of the clinic’s topics" in page
    assert rows("select count(*) from outbox where template = 'clinic'") == [(2,)]
    assert "Hi Walter," in dana.ticket(bill)

    assert "2 of 3 put back" in undo(dana, address)
    assert rows(STATE) == before
    assert rows("select count(*) from outbox where template = 'clinic'") == [(0,)]


def test_what_has_gone_out_is_not_put_back_and_says_so(dana, patient, rows, app):
    app.config["UNDO_SECONDS"] = 0
    bill = patient.send(topic="billing")
    _before, address = send_notes(dana, tick(dana, bill))

    assert "or the note has gone out" in undo(dana, address)
    assert rows("select outcome from ticket") == [("sent_to_clinic",)]


def test_undo_leaves_alone_what_somebody_changed_since(dana, priya, three, rows):
    address = apply(dana, tick(dana, *three), "priority:high")
    priya.act(three[1], "take")
    page = undo(dana, address)

    assert "2 of 3 put back" in page
    assert "Someone changed it since" in page
    assert rows("select priority from ticket order by id") == [("normal",), ("high",), ("normal",)]


def test_what_is_so_already_is_left_alone(dana, three, rows):
    page = read(dana, apply(dana, tick(dana, *three), "topic:sign-in"))

    assert "0 of 3 done" in page
    assert page.count("It was so already") == 3
    assert rows("select version from ticket") == [(1,)] * 3
    assert "Undo" not in page.partition("<main")[2]


def test_five_hundred_are_too_many_and_nothing_is_done(dana, three, rows):
    form = tick(dana, *three)
    letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    form |= dict([(f"tick-NC-2222-22{a}{b}", "1") for a in letters for b in letters][:497])
    page = apply(dana, form, "solve", 422)

    assert "500 requests are too many" in page
    assert "Nothing was changed." in page
    assert rows("select count(*) from ticket where status = 'solved'") == [(0,)]
    assert rows("select count(*) from bulk_act") == [(0,)]


@pytest.mark.parametrize(
    "act",
    [
        "",
        "nonsense",
        "priority:",
        "priority:purple",
        "assign:",
        "assign:x",
        "solve:all",
        "assign:99999",
        "tag:",
        "tag:x",
        "tag:none",
        "untag",
    ],
)
def test_what_an_old_page_asks_for_is_refused_as_a_whole(dana, three, rows, act):
    assert "Nothing was changed." in apply(dana, tick(dana, *three), act, 422)
    assert rows("select version from ticket") == [(1,)] * 3


def test_what_was_ticked_stays_ticked_where_nobody_said_what_to_do(dana, three):
    page = apply(dana, tick(dana, *three[:2]), "", 422, query="?view=all")

    assert "Choose what to do" in page.partition('id="error-summary"')[2].partition("</div>")[0]
    assert "<title>Error: All requests" in page
    assert ticked_on(page) == sorted(three[:2])


def ticked_on(page):
    return sorted(re.findall(r'name="tick-(NC-[0-9A-Z-]{9})" value="\d+" checked', page))


def test_five_hundred_stay_ticked_on_the_page_or_not(dana, three):
    letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    others = [f"NC-2222-22{a}{b}" for a in letters for b in letters][:497]
    page = apply(dana, tick(dana, *three) | {f"tick-{other}": "1" for other in others}, "solve", 422)

    assert ticked_on(page) == sorted([*three, *others])
    assert "497 more that you ticked are not on this page, and still ticked" in page


def test_what_has_left_the_page_meanwhile_stays_ticked_and_can_be_unticked(dana, priya, three, rows):
    form = tick(dana, *three, view="open")
    priya.act(three[1], "solve", outcome="answered")
    page = apply(dana, form, "", 422, query="?view=open")

    assert ticked_on(page) == sorted(three)
    assert "1 more that you ticked is not on this page" in page
    for reference in (three[0], three[2]):
        priya.act(reference, "solve", outcome="answered")
    page = apply(dana, form, "", 422, query="?view=open")
    assert ticked_on(page) == sorted(three)
    assert 'name="act"' in page


def test_a_stale_page_loses_nobody_what_was_left_alone_can_be_done_all_the_same(dana, priya, three, rows):
    form = tick(dana, *three)
    priya.act(three[0], "take")
    priya.act(three[1], "note", body="I am on it.")
    page = read(dana, apply(dana, form, "priority:high"))
    assert "2 were left alone, as someone changed them meanwhile" in page
    assert ticked_on(page) == sorted(three[:2])
    assert "Priya Nair" in page
    assert 'name="act" value="priority:high"' in page

    again = dict(re.findall(r'name="(tick-NC-[0-9A-Z-]{9})" value="(\d+)" checked', page))
    page = read(dana, apply(dana, again | {"csrf_token": form["csrf_token"]}, "priority:high"))
    assert "2 of 2 done" in page
    assert "left alone" not in page
    assert rows("select priority from ticket") == [("high",)] * 3


def test_what_to_do_stays_chosen_where_nothing_was_ticked(dana, three):
    assert '<option value="solve" selected>' in apply(dana, tick(dana), "solve", 422)


def test_a_colleague_who_has_left_gets_nothing(dana, priya, three, rows, run):
    form = tick(dana, *three)
    run(f"agents deactivate {priya.email}")

    assert "That colleague is no longer here" in apply(dana, form, f"assign:{priya.id}", 422)
    assert rows("select assignee_id from ticket") == [(None,)] * 3


@pytest.mark.parametrize(
    "chosen", [{}, {"tick-nonsense": "1"}, {"tick-NC-7HK4-92QX": "x"}, {"tick-NC-7HK4-92QX": "' or 1"}]
)
def test_nothing_chosen_is_nothing_done(dana, three, chosen):
    assert "Choose at least one request" in apply(dana, tick(dana) | chosen, "solve", 422)


def test_nobody_reads_or_undoes_what_a_colleague_did(dana, priya, three, rows):
    address = apply(dana, tick(dana, *three), "solve")
    priya.open(address, code=404)
    token = re.search(r'name="csrf_token" value="([^"]*)"', priya.open("/desk/").text)[1]
    assert priya.browser.post(address + "/undo", data={"csrf_token": token}).status_code == 404
    assert rows("select count(*) from ticket where status = 'solved'") == [(3,)]


def test_the_way_back_leads_to_what_one_was_looking_at(dana, three):
    query = "?view=all&topic=sign-in&sort=-updated&endpoint=x&_external=1"
    page = read(dana, apply(dana, tick(dana, *three), "solve", query=query))

    assert "/desk/?view=all&topic=sign-in&sort=-updated" in page


def test_each_leaves_a_line_in_the_audit(dana, three, rows):
    apply(dana, tick(dana, *three), "solve")
    noted = rows("select reference from audit where what = 'acted' and detail = 'bulk.solve'")
    assert {reference for (reference,) in noted} == set(three)


def test_what_was_held_for_review_is_held_again_when_undone(dana, patient, rows):
    held = patient.send(website="https://pills.example")
    done = apply(dana, tick(dana, held, view="held"), "spam")
    assert rows("select status, held_because from ticket") == [("solved", None)]
    undo(dana, done)

    assert rows("select status, held_because from ticket") == [("new", "filled")]


@pytest.mark.parametrize("outcome", ["answered", "duplicate", "spam"])
def test_what_was_solved_on_its_own_page_is_put_back_from_there(dana, patient, rows, outcome):
    reference = patient.send()
    before = rows(STATE)
    dana.act(reference, "solve", outcome=outcome)
    page = dana.ticket(reference)
    assert "You solved this request. No email went out." in page
    action, token = (re.search(pattern, page)[1] for pattern in (r'action="(/desk/bulk/\d+/undo[^"]*)"', TOKEN))
    answer = dana.browser.post(action, data={"csrf_token": token})

    assert (answer.status_code, answer.location) == (303, f"/desk/tickets/{reference}")
    assert rows(STATE) == before
    assert "You solved this request" not in dana.ticket(reference)


def test_solving_is_not_undone_once_a_colleague_changed_the_request(dana, priya, patient):
    reference = patient.send()
    dana.act(reference, "solve", outcome="answered")
    assert "You solved this request" not in priya.ticket(reference)
    priya.act(reference, "note", body="Thank you.")

    assert "You solved this request" not in dana.ticket(reference)
