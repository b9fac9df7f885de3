"""Each of the hundred and fifty is held by tests that are there."""

import re

import pytest

from tests.conftest import ROOT
from tests.hostile.cases import SIGN_IN, TABLE
from tests.hostile.numbered import HELD_BY, NOT_HELD

ABOUTS = [case.about for case in TABLE] + [f"sign-in: {about}" for about, *_rest in SIGN_IN]


def is_there(named):
    file, _, what = named.partition("::")
    if named.startswith("- "):
        return named.endswith(".")
    if file == "table":
        return any(about.startswith(what) for about in ABOUTS)
    text = (ROOT / "tests" / file).read_text(encoding="utf-8")
    return re.search(rf"^def test_{what}", text, re.MULTILINE) is not None


def test_there_are_a_hundred_and_fifty_and_nearly_all_have_a_test():
    assert list(HELD_BY) == list(range(1, 151))
    assert [number for number, named in HELD_BY.items() if named[0].startswith("- ")] == [93, 100, 134]


def test_what_is_not_held_says_why():
    assert NOT_HELD.keys() <= HELD_BY.keys()
    assert all(why.endswith(".") for why in NOT_HELD.values())


@pytest.mark.parametrize("number", HELD_BY)
def test_what_holds_it_is_there(number):
    assert [named for named in HELD_BY[number] if not is_there(named)] == []
