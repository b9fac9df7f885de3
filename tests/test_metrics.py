"""The operator's figures: for whoever knows the token, by route, and of all processes together."""

import re

import pytest

from supportdesk.exceptions import SettingsError
from supportdesk.settings import SETTINGS
from tests.conftest import ROOT, make_app
from tests.server import serving

TOKEN = "figures-for-the-operator-only"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SAMPLE = re.compile(r"^(desk_\w+?)(?:_bucket|_count|_sum|_created)?(?:\{(.*)\})? ([0-9.e+-]+)$", re.MULTILINE)


@pytest.fixture
def desk(desk_with):
    return desk_with(METRICS_TOKEN=TOKEN)


def figures(text):
    """Each sample's line without its value -> its value."""
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line[:5] == "desk_"
    }


def shown(app):
    return figures(app.test_client().get("/metrics", headers=BEARER).text)


def test_without_a_token_there_is_no_such_page(app):
    assert app.test_client().get("/metrics", headers=BEARER).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer ünï"}])
def test_without_the_right_token_it_is_closed(desk, headers):
    assert desk.test_client().get("/metrics", headers=headers).status_code == 403


def test_a_token_that_can_be_guessed_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="SUPPORTDESK_METRICS_TOKEN: write 20 random characters"):
        make_app(tmp_path, METRICS_TOKEN="secret")


def test_requests_are_counted_by_route_and_never_by_address(desk):
    patient = desk.test_client()
    patient.get("/search?q=insulin")
    patient.get("/articles/cost")
    patient.get("/articles/cost")
    patient.get("/insulin/briggs")
    text = patient.get("/metrics", headers=BEARER).text

    found = figures(text)
    assert found['desk_request_seconds_count{method="GET",route="/search",status="200"}'] == 1
    assert found['desk_request_seconds_count{method="GET",route="/articles/<slug>",status="200"}'] == 2
    assert found['desk_request_seconds_count{method="GET",route="none",status="404"}'] == 1
    assert not re.search("insulin|briggs|cost", text)


def test_the_queue_and_the_outbox_are_shown_as_they_are_now(desk):
    before = shown(desk)
    desk.test_client().send()
    after = shown(desk)

    assert before['desk_tickets{status="new"}'] == 0
    assert after['desk_tickets{status="new"}'] == 1
    assert after['desk_outbox_mails{state="queued"}'] == 2
    assert (after["desk_tickets_overdue"], after["desk_outbox_longest_wait_seconds"] < 60) == (0, True)


def test_every_metric_is_documented_and_every_documented_one_is_there(desk):
    desk.test_client().get("/")
    text = desk.test_client().get("/metrics", headers=BEARER).text
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")

    assert {name for name, _labels, _value in SAMPLE.findall(text)} == set(
        re.findall(r"^\| `(desk_\w+)` \|", page, re.MULTILINE)
    )
    assert "METRICS_TOKEN" in {setting.name for setting in SETTINGS}


def test_all_processes_of_a_real_desk_count_together_and_leave_nothing_behind(tmp_path):
    with serving(tmp_path, delivery=False, METRICS_TOKEN=TOKEN, WEB_WORKERS=2) as desk:
        for _ in range(20):
            desk.get("/articles/cost")
        seen = [
            figures(desk.get("/metrics", headers=BEARER).text)[
                'desk_request_seconds_count{method="GET",route="/articles/<slug>",status="200"}'
            ]
            for _ in range(6)
        ]

        assert seen == [20.0] * 6
