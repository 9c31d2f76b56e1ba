"""Numbers get their facts in the preview's copy, and nothing else of the HTML changes."""

import re

import pytest

from newsletter.web.preview_mail import Scheme, View, in_scheme, seen, view
from newsletter.web.preview_marks import Mark, marked
from tests.preview_support import HTML

SPAN = re.compile(r'<span class="nl-fact[^>]*>(.*?)</span>', re.DOTALL)


def shown(html: str) -> list[tuple[str, str]]:
    """(words, tip) of every span."""
    return re.findall(r'<span class="nl-fact[^"]*" tabindex="0" data-fact="([^"]*)"[^>]*>(.*?)</span>', html)


def mark(context: str, text: str, tip: str = "tip", reach: int = 0) -> Mark:
    return Mark(context=context, text=text, tip=tip, reach=reach)


def test_a_sentence_split_by_tags_and_entities_is_found() -> None:
    sentence = "The small-cap index is up 19.0% since January 2, against 11.9% for large caps."
    html = marked(HTML, [mark(sentence, "19.0%", "small"), mark(sentence, "11.9%", "large")])

    assert shown(html) == [("small", "19.0%"), ("large", "11.9%")]
    assert SPAN.sub(r"\1", html) == HTML  # everything else byte for byte
    assert "<title>19.0% invented</title>" in html


def test_text_across_a_tag_gets_a_span_on_either_side() -> None:
    html = marked("<p>Up <b>4</b> bp today.</p>", [mark("Up 4 bp today.", "4 bp")])

    assert [words for _, words in shown(html)] == ["4", " bp"]
    assert SPAN.sub(r"\1", html) == "<p>Up <b>4</b> bp today.</p>"


def test_the_same_figure_twice_in_a_sentence_has_a_fact_each() -> None:
    sentence = "Gold rose 2.1% and silver 2.1%."
    html = marked(f"<p>{sentence}</p>", [mark(sentence, "2.1%", "gold"), mark(sentence, "2.1%", "silver")])

    assert shown(html) == [("gold", "2.1%"), ("silver", "2.1%")]


@pytest.mark.parametrize(
    ("sentence", "figure"),
    [("It rose 12.1% today.", "2.1%"), ("It rose 2.15 today.", "2.1"), ("All 1,503 rose.", "503")],
)
def test_a_part_of_a_longer_number_is_not_the_number(sentence: str, figure: str) -> None:
    html = f"<p>{sentence}</p>"

    assert marked(html, [mark(sentence, figure)]) == html


def test_a_figure_at_the_end_of_a_sentence_is_found() -> None:
    assert shown(marked("<p>It rose 2.1%. Then 3.</p>", [mark("It rose 2.1%. Then 3.", "2.1%")])) == [
        ("tip", "2.1%")
    ]


def test_printed_quotes_are_the_same_as_typed_ones() -> None:
    html = marked(
        "<p>The index\u2019s \u201cbest\u201d day: 2%.</p>", [mark('The index\'s "best" day: 2%.', "2%")]
    )

    assert shown(html) == [("tip", "2%")]


def test_a_row_ends_where_the_next_begins() -> None:
    html = "<table><tr><td>Dow</td><td>1.00%</td></tr><tr><td>Gold</td><td>+0.42%</td></tr></table>"
    marks = [mark("Dow", "+0.42%", "wrong", reach=240), mark("Gold", "+0.42%", "right", reach=240)]

    assert shown(marked(html, marks)) == [("right", "+0.42%")]


def test_hostile_words_in_a_tip_stay_words() -> None:
    html = marked("<p>Up 2%.</p>", [mark("Up 2%.", "2%", '"><img src=x onerror=alert(1)>')])

    assert "<img" not in html
    assert "&quot;&gt;&lt;img" in html


def test_hidden_padding_and_comments_do_not_disturb() -> None:
    html = "<!--[if mso]><p>Up 2%.</p><![endif]--><div>&#847;&zwnj;&nbsp;</div><p>Up\u200c 2%.</p>"

    assert shown(marked(html, [mark("Up 2%.", "2%")])) == [("tip", "2%")]
    assert "<!--[if mso]><p>Up 2%.</p><![endif]-->" in marked(html, [mark("Up 2%.", "2%")])


def test_each_scheme_is_forced_in_style_sheets_and_sources_only() -> None:
    dark, light = in_scheme(HTML, Scheme.DARK), in_scheme(HTML, Scheme.LIGHT)

    assert "@media (min-width:0){.card{background:#171C24" in dark
    assert "@media (min-width:0) and (max-width:520px)" in dark
    assert '<source media="(min-width:0)"' in dark
    assert "@media (max-width:0){.card{background:#171C24" in light
    assert '<source media="(max-width:0)"' in light
    for html in (dark, light):  # words that look like a query are a reader's words
        assert "A headline that says (prefers-color-scheme: dark)" in html


def test_without_styles_none_are_left_but_the_frame_s_own() -> None:
    html = seen(HTML, View(styles=False))

    assert "#171C24" not in html
    assert "color-scheme:light!important" in html


def test_a_view_that_asks_for_nothing_adds_only_to_the_head() -> None:
    html = seen(HTML, View(scheme=Scheme.DARK))

    head, body = html.split("</head>")
    assert "<base target" in head
    assert body == in_scheme(HTML, Scheme.DARK).split("</head>")[1]


@pytest.mark.parametrize("words", ["", "blue", "light+", "light+script", "facts", "dark+facts+x"])
def test_views_that_do_not_exist(words: str) -> None:
    assert view(words) is None


def test_views_that_do() -> None:
    assert view("light") == View()
    assert view("dark+facts+nostyles+noimages") == View(
        scheme=Scheme.DARK, facts=True, styles=False, images=False
    )
