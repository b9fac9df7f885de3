"""Markdown to safe HTML and to plain words."""

import re
import time
from contextlib import suppress
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.faq.articles import ArticleError
from supportdesk.faq.markup import to_html, to_text
from supportdesk.faq.pages import render
from tests.test_library import article_text

ALLOWED = {
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"class", "start"},
    "div": {"class"},
    "p": {"class"},
    "th": {"scope"},
}
BARE = {"h2", "h3", "h4", "ul", "li", "strong", "em", "code", "pre", "blockquote", "br", "hr"}
BARE |= {"table", "thead", "tbody", "tr", "td"}
CLASSES = {"admonition", "tip", "admonition tip", "admonition-title", "route", "", None}


class Reader(HTMLParser):
    """Reads a page and objects to whatever we do not allow."""

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED or tag in BARE, tag
        for name, value in attrs:
            assert name in ALLOWED.get(tag, ()), f"{tag} {name}"
            if name == "class":
                assert value in CLASSES
            if name == "src":
                assert re.fullmatch(r"/(?!/)[\w./-]*", value)
            if name == "href":
                assert not re.match(r"(?!https?:|mailto:|tel:)[a-z+.-]+:", value.strip(), re.IGNORECASE)

    def handle_comment(self, data):
        raise AssertionError(data)


def assert_is_safe(html):
    reader = Reader()
    reader.feed(html)
    reader.close()


def test_steps_at_the_top_of_an_article_are_a_route():
    html = to_html("1. Open it.\n\n    1. Inner.\n\n2. Done.\n\n- not a step\n\n> 1. quoted")

    assert html.count('<ol class="route">') == 1
    assert html.count("<ol>") == 2


def test_a_tip_keeps_its_classes_and_no_others():
    html = to_html('!!! tip "No email yet?"\n    Look in *spam*{: .red #x style="color:red" }.\n\n!!! danger\n    Hot.')

    assert '<div class="admonition tip">\n<p class="admonition-title">No email yet?</p>' in html
    assert "<em>spam</em>" in html
    assert '<div class="admonition">\n<p class="admonition-title">Danger</p>' in html


def test_the_title_stays_the_only_heading_of_its_rank():
    assert to_html("# Big\n\n## Next") == "<h2>Big</h2>\n<h2>Next</h2>"


def test_a_table_says_which_cells_are_its_heads_and_asks_for_no_style():
    html = to_html("|Day|Hours|\n|:-:|--:|\n|Monday|7 to 5|")

    assert '<th scope="col">Day</th>' in html
    assert "style" not in html


@pytest.mark.parametrize(
    "address", ["/articles/sign-up", "#top", "sign-up", "mailto:a@example.org", "tel:+18009254456"]
)
def test_a_link_of_ours_is_a_plain_link(address):
    assert to_html(f"[x]({address})") == f'<p><a href="{address}">x</a></p>'


@pytest.mark.parametrize("address", ["https://example.org/", "HTTP://example.org", "//example.org", "/\\example.org"])
def test_a_link_that_leads_outside_tells_nobody_where_it_came_from(address):
    assert 'rel="noopener noreferrer"' in to_html(f"[x]({address})")


def test_a_picture_comes_from_us_or_not_at_all():
    sources = [
        "/static/a.png",
        "https://example.org/a.png",
        "//example.org/a.png",
        "/\\example.org/a",
        "data:image/png,x",
    ]

    html = to_html(" ".join(f"![words]({source})" for source in sources))

    assert re.findall(r'src="([^"]*)"', html) == ["/static/a.png"]
    assert html.count('alt="words"') == len(sources)


def test_html_in_an_article_is_shown_as_it_was_typed():
    assert to_html("<b>bold</b> & <script>alert(1)</script>") == (
        "<p>&lt;b&gt;bold&lt;/b&gt; &amp; &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    )


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe src=//example.org></iframe>",
        "<!-- c --><style>*{}</style>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<form action=//e><input name=q></form>",
        "<base href=//e><meta http-equiv=refresh content=0>",
        "[x](javascript:alert(1))",
        "[x](JaVa&#115;cript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x) <javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        '[x](/a "t\\" onclick=alert(1)")',
        "[x](/a){: onclick=alert(1) style=x target=_blank id=main }",
        "## h {: onmouseover=alert(1) }",
        "!!! \"tip onclick=alert(1)\" 'x'\n    y",
        '!!! tip "<img src=x onerror=alert(1)>"\n    y',
        "|a|\n|-|\n|<img src=x onerror=alert(1)>|",
        "`<script>`\n\n    <script>\n",
        "\x02wzxhzdk:0\x03 \x02amp\x03",
        "{{ 7*7 }} {% include 'x' %}",
    ],
)
def test_an_attack_becomes_text(attack):
    assert_is_safe(to_html(attack))
    assert_is_safe(to_html(f"1. a\n\n    {attack}\n\n> {attack}"))


@given(st.text(st.sampled_from("ab <>\"'&[]()!*_`#|:{}=\n\t.-1/\\\x02\x03"), max_size=200))
def test_whatever_is_typed_the_page_is_safe(source):
    assert_is_safe(to_html(source))


def test_words_stand_apart_where_blocks_do():
    steps, table, tip = "1. Open it\n2. Close it", "|a|b|\n|-|-|\n|c|d|", "!!! tip\n    Wait."
    source = f"# Help\n\nA **bold**\nword.\n\n{steps}\n\n{table}\n\n{tip}\n\nx &lt; y"

    assert to_text(source) == "Help\nA bold word.\nOpen it\nClose it\na\nb\nc\nd\nTip\nWait.\nx < y"


@pytest.mark.parametrize(
    "source",
    [
        "[ a " * 500,
        "![" * 250 + "[" * 250,
        ("# a\n" * 199 + "\n") * 75,
        ("=\n" * 199 + "\n") * 149,
        "*a " * 19_000,
        "".join("`" * number + " " for number in range(1, 340)),
        "\\" * 59_000,
        ">" * 3_000,
        "\n".join("    " * depth + "* a" for depth in range(160)),
        "\n".join("    " * depth + "!!! tip" for depth in range(160)),
        "{: " * 15_000,
    ],
)
def test_the_costliest_article_that_is_let_in_takes_seconds_at_most(source):
    began = time.thread_time()
    with suppress(ArticleError):  # Lists or quotes may stand too deep in one another.
        assert_is_safe(render("account/odd.md", article_text(source)).html)

    assert time.thread_time() - began < 10
