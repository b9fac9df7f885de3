"""The machine's clock is set back an hour while the desk serves, as after a battery that ran down."""

from contextlib import contextmanager

import pytest

from tests.faults.clocks import MovedClock
from tests.people import reference_on
from tests.server import serving, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@contextmanager
def desk_with_a_clock(folder, **settings):
    clock = MovedClock(folder / "clock")
    with serving(folder / "desk", environment=clock.environment, **settings) as desk:
        yield desk, clock


def clock_says(desk):
    return desk.get("/readyz").json["clock"]


def test_a_clock_set_back_an_hour_loses_nothing_and_is_said_in_words(tmp_path):
    with desk_with_a_clock(tmp_path) as (desk, clock):
        opened_before = desk.fill_in(message="Opened before the clock was set.")
        told = desk.post("/requests/new", desk.fill_in(message="Sent before the clock was set."))
        reference = reference_on(desk.get(told.location).text)
        until(lambda: len(desk.letters("received")) == 1, "the first acknowledgement to go out")

        clock.move(hours=-1)
        until(lambda: "clock" in clock_says(desk), "the desk to notice")
        assert desk.get("/readyz").status == 200
        assert reference_on(desk.get(told.location).text) == reference
        answer = desk.post("/requests/new", opened_before)
        assert answer.status == 303
        assert desk.get(answer.location).status == 200
        desk.send(message="Sent after the clock was set.")
        until(lambda: len(desk.letters("received")) == 3, "the others to go out")

        clock.move(hours=1, minutes=1)
        until(lambda: clock_says(desk) == "ok", "the desk to see that it is right again")
