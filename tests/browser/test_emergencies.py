"""Somebody in an emergency, at a browser: whom to call comes first, and no slow way stands beside it."""

import re

import pytest
from playwright.sync_api import expect

from tests.server import serving


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("emergencies"), delivery=False) as running:
        yield running


def test_what_is_typed_in_an_emergency_is_offered_911_as_the_only_option(desk, browse):
    patient = browse(desk)
    patient.goto("/")
    box = patient.get_by_role("combobox", name="Search help articles")
    box.press_sequentially("i want to die")

    expect(patient.get_by_role("option")).to_have_count(1)
    option = patient.get_by_role("option", name=re.compile("^Call 988"))
    expect(option).to_be_visible()
    expect(option).to_contain_text("Call 911")
    expect(patient.get_by_role("status").filter(has_text="Call 988")).to_have_count(1)
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    box.press("Enter")
    expect(patient.get_by_role("main").get_by_role("link", name="Call 988")).to_be_visible()
