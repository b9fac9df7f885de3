"""The queue as it looks: nothing is cut off at the widths of desks, and a request takes about two lines."""

import pytest

from tests.browser.steps import kept_by
from tests.server import serving

CUT_OFF = """() => [...document.querySelectorAll(".tablebox, .q td")].filter(it => it.scrollWidth > it.clientWidth + 1)
    .map(it => it.textContent.trim())"""
HEIGHTS = (
    "() => [...document.querySelectorAll('.q tbody tr')].map(row => Math.round(row.getBoundingClientRect().height))"
)
TWO_LINES, THREE_LINES = 72, 92  # Pixels; long subjects and handed-on requests take three.


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("queue"), delivery=False) as running:
        running.flask("demo", "load")
        running.password = running.add_agent("lee@example.org", "Lee Moreno")
        yield running


@pytest.fixture(scope="module")
def signed_in(desk, chromium):
    return kept_by(chromium, desk, "lee@example.org")


@pytest.mark.parametrize("width", [1024, 1280, 1440])
def test_no_request_is_cut_off_and_most_take_two_lines(desk, browse, signed_in, width):
    agent = browse(desk, storage_state=signed_in, viewport={"width": width, "height": 900})
    agent.goto("/desk/")
    heights = agent.evaluate(HEIGHTS)

    for view in ("mine", "all", "waiting", "solved", "clinic"):
        agent.goto(f"/desk/?view={view}")
        assert agent.evaluate(CUT_OFF) == [], view
    assert sorted(heights)[len(heights) // 2] <= TWO_LINES
    assert max(heights) <= THREE_LINES


def test_what_was_ticked_is_still_ticked_after_apply_with_nothing_to_do(desk, browse, signed_in):
    agent = browse(desk, storage_state=signed_in)
    agent.goto("/desk/")
    for box in agent.locator(".chooses input").all()[:3]:
        box.check()
    agent.get_by_role("button", name="Apply").click()

    assert "Choose what to do" in agent.get_by_role("alert").inner_text()
    assert agent.locator(".chooses input:checked").count() == 3
    assert "3 chosen" in agent.locator("[data-count]").inner_text()


def test_a_request_of_a_colleague_who_left_is_not_cut_off_either(desk, browse, signed_in):
    desk.flask("agents", "deactivate", "priya@example.org")
    for width in (390, 1024, 1280):
        agent = browse(desk, storage_state=signed_in, viewport={"width": width, "height": 900})
        agent.goto("/desk/")
        assert agent.locator(".queue .chip-closed").count() > 0
        assert agent.evaluate(CUT_OFF) == []


IN_SIGHT = """link => { const box = link.getBoundingClientRect(), row = link.closest("ul").getBoundingClientRect();
    return box.left >= row.left && box.right <= row.right }"""


@pytest.mark.parametrize("path", ["/desk/", "/desk/?view=solved", "/desk/?view=held", "/desk/?view=mine"])
def test_on_a_phone_the_menu_shows_where_one_is(desk, browse, signed_in, path):
    agent = browse(desk, storage_state=signed_in, viewport={"width": 390, "height": 844})
    agent.goto(path)

    assert agent.locator(".side a[aria-current]").evaluate(IN_SIGHT)
    assert agent.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_on_a_phone_the_page_of_saved_views_is_in_the_menu(desk, browse, signed_in):
    agent = browse(desk, storage_state=signed_in, viewport={"width": 390, "height": 844})
    agent.goto("/desk/views/?view=all&due=today")
    agent.get_by_label("Name of the view").fill("Before I go home")
    agent.get_by_role("button", name="Save the view").click()
    agent.get_by_role("link", name="Saved views").click()

    assert agent.get_by_role("heading", level=1).inner_text() == "Saved views"
    agent.get_by_role("link", name="Before I go home").first.click()
    assert agent.get_by_label("Reply due").input_value() == "today"


CLIPPED = """() => [...document.querySelectorAll(".scrolls")].filter(it => it.scrollWidth > it.clientWidth + 1)
    .map(it => it.getAttribute("aria-label") || it.textContent.trim().slice(0, 40))"""


def test_the_tables_of_setup_and_the_chips_of_tags_are_whole_at_a_desk(desk, browse, signed_in):
    desk.flask("agents", "role", "lee@example.org", "admin")
    agent = browse(desk, storage_state=signed_in, viewport={"width": 1024, "height": 900})
    for path in ("/desk/setup/", "/desk/setup/deadlines"):
        agent.goto(path)
        assert agent.evaluate(CLIPPED) == []

    agent.goto("/desk/tags")
    agent.get_by_label("New tag").fill("browser-update")
    agent.get_by_role("button", name="Make it").click()
    padding = agent.locator("a.chip-tag").evaluate("chip => parseFloat(getComputedStyle(chip).paddingLeft)")
    assert padding > 4
