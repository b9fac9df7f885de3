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

    assert agent.evaluate(CUT_OFF) == []
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
