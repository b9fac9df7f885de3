"""While a page of the desk is before somebody: what came in, and who else is at the same request; nothing moves."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import kept_by
from tests.browser.test_accessible import AT_ITS_WORST, check
from tests.server import serving, until

PLACES = """() => [...document.querySelectorAll(".q .subj")].map(link => {
    const box = link.getBoundingClientRect(); return [link.textContent, box.left, box.top] })"""
TYPED = "Hello Walter, I will"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("meanwhile"), delivery=False) as running:
        running.password = running.add_agent("dana@example.org", "Dana Kim")
        yield running


@pytest.fixture(scope="module")
def priya_signed_in(desk, chromium):
    return kept_by(chromium, desk, "priya@example.org", desk.add_agent("priya@example.org", "Priya Nair"))


@pytest.fixture
def priya(desk, browse, priya_signed_in):
    return browse(desk, storage_state=priya_signed_in)


def pass_by(page, seconds, asks):
    """So long passes at that browser, until it has asked the desk."""
    with page.expect_response(re.compile(asks)) as asked:
        page.clock.run_for(seconds * 1_000)
    asked.value.finished()


@pytest.mark.parametrize(("topic", "width"), [("feedback", 1280), ("privacy", 320)], ids=["wide", "narrow"])
def test_a_request_that_arrives_is_told_of_above_the_queue_and_moves_nothing(desk, dana, topic, width):
    for number in range(3):
        desk.send(subject=f"There before {number}", topic=topic)
    dana.set_viewport_size({"width": width, "height": 900})
    dana.clock.install()
    dana.goto(f"/desk/?view=open&topic={topic}&sort=created")
    line, before = dana.locator("[data-arrived]"), dana.evaluate(PLACES)
    dana.keyboard.press("j")
    dana.keyboard.press("j")
    focused = dana.locator(":focus")
    expect(focused).to_have_text("There before 1")

    pass_by(dana, 30, "arrived")
    expect(line).to_be_empty()
    desk.send(subject="Something of another topic", topic="technical")
    desk.send(subject="Just arrived", topic=topic)
    pass_by(dana, 30, "arrived")
    expect(line.get_by_role("link", name="1 new request", exact=True)).to_be_visible()
    expect(focused).to_have_text("There before 1")
    assert dana.evaluate(PLACES) == before

    desk.send(subject="It may be my heart", message="I have chest pain and can’t breathe.", topic=topic)
    pass_by(dana, 30, "arrived")
    told = line.get_by_role("link", name="2 new requests; 1 may be an emergency")
    expect(told).to_have_class("is-urgent")
    expect(focused).to_have_text("There before 1")
    assert dana.evaluate(PLACES) == before

    check(dana, "All open", AT_ITS_WORST)
    told.click()
    expect(dana.get_by_role("link", name="Just arrived")).to_be_visible()
    expect(dana.get_by_role("link", name="It may be my heart")).to_be_visible()
    expect(line).to_be_empty()
    assert dana.url.endswith(f"topic={topic}&sort=created")


def test_two_at_one_request_see_each_other_and_what_the_other_sent(desk, dana, priya):
    address = f"/desk/tickets/{desk.send(subject='Two of us read this')}"
    for agent in (dana, priya):
        agent.clock.install()
        agent.goto(address)
    line, mine, theirs = (
        dana.locator("[data-here]"),
        dana.get_by_label("Message", exact=True),
        priya.get_by_label("Message", exact=True),
    )
    expect(line).to_be_empty()
    expect(priya.locator("[data-here]")).to_have_text("Dana Kim is looking at this too.")

    pass_by(dana, 15, "here.json")
    expect(line).to_have_text("Priya Nair is looking at this too.")
    mine.press_sequentially(TYPED)
    theirs.press_sequentially("Good morning, Walter.")
    pass_by(priya, 15, "here.json")
    pass_by(dana, 15, "here.json")
    expect(line).to_have_text("Priya Nair is writing.")
    pass_by(priya, 15, "here.json")
    expect(priya.locator("[data-here]")).to_have_text("Dana Kim is writing.")

    priya.get_by_role("button", name="Send to patient").click()
    expect(priya.locator(".thread")).to_contain_text("Good morning, Walter.")
    pass_by(dana, 15, "here.json")
    expect(line).to_contain_text("This request has changed since you opened it. Sending shows you first what is new.")
    expect(mine).to_have_value(TYPED)
    expect(mine).to_be_focused()
    expect(dana.locator(".thread")).not_to_contain_text("Good morning, Walter.")

    dana.get_by_role("button", name="Send to patient").click()
    expect(dana.get_by_role("heading", level=1)).to_contain_text("Someone changed this request")
    expect(dana.get_by_role("main")).to_contain_text("Good morning, Walter.")
    expect(mine).to_have_value(TYPED)


def test_who_leaves_a_request_is_not_at_it_any_more(desk, dana, priya):
    address = f"/desk/tickets/{desk.send(subject='One of us leaves this')}"
    priya.goto(address)
    dana.clock.install()
    dana.goto(address)
    line = dana.locator("[data-here]")
    expect(line).to_have_text("Priya Nair is looking at this too.")

    priya.goto("/desk/")

    def is_alone():
        pass_by(dana, 15, "here.json")
        return not line.text_content()

    until(is_alone, "what a browser says when its page is left")
