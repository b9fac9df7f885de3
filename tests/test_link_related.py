"""Two requests that belong together are linked, and each shows the other."""

import pytest


@pytest.fixture
def two(patient):
    return patient.send(), patient.send(subject="The same again", email="ada@example.com")


def test_linked_from_one_side_seen_from_both_and_taken_apart_from_the_other(dana, two, rows):
    first, second = two
    dana.act(first, "links", other=second.lower().replace("-", " "))

    assert f"Dana Kim linked this to {second}" in dana.ticket(first)
    assert f"Dana Kim linked this to {first}" in dana.ticket(second)
    assert f'href="/desk/tickets/{first}"' in dana.ticket(second)
    assert rows("select detail from audit where detail like 'related%'") == [("related.link",)]
    dana.act(second, "links/remove", other=first)
    assert rows("select count(*) from relation") == [(0,)]
    assert f"Dana Kim removed the link to {first}" in dana.ticket(second)


def test_twice_or_from_both_sides_is_one_link(dana, two, rows):
    first, second = two
    dana.act(first, "links", other=second)
    dana.act(second, "links", other=first)
    dana.act(first, "links", other=second)

    assert rows("select count(*) from relation") == [(1,)]


@pytest.mark.parametrize("other", ["", "x", "NC-2222-2222", "itself", "NC-7HK4-92Q"])
def test_what_is_no_other_request_says_so(dana, two, rows, other):
    first = two[0]
    page = dana.act(first, "links", 422, other=first if other == "itself" else other)

    assert "Nothing was linked" in page
    assert rows("select count(*) from relation") == [(0,)]


def test_a_stale_page_links_nothing(dana, priya, two, rows):
    form = dana.form(two[0])
    priya.act(two[0], "take")

    assert "Someone changed this request" in dana.act(two[0], "links", 409, form, other=two[1])
    assert rows("select count(*) from relation") == [(0,)]


def test_a_ticket_that_is_not_there_is_not_found(dana, two):
    dana.act("NC-2222-2222", "links", 404, dana.form(two[0]), other=two[1])
