"""The rules of mail: a clean issue passes, and each breach is found where it stands."""

import io
import json
from collections.abc import Callable

import pytest
from PIL import Image

from newsletter import brief_json, look
from newsletter.findings import Severity
from newsletter.render import audit, images, render
from tests import briefs
from tests.briefs import CHART_DARK, CHART_LIGHT


def png(width: int = 1280, height: int = 1000) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), look.LIGHT.card).save(made, "PNG")
    return made.getvalue()


FILES = {CHART_LIGHT: png(), CHART_DARK: png()}
SPARKS = {
    path: png(168, 44)
    for row in briefs.with_sparks().snapshot
    for path in (row.spark_light, row.spark_dark)
    if path
}
FULL = render(briefs.full(), config=briefs.config(), folders=briefs.FOLDERS)


def said(html: str, files: dict[str, bytes] | None = None) -> list[str]:
    return [str(finding) for finding in audit.audit_html(html, images=files)]


@pytest.mark.parametrize("variant", briefs.VARIANTS)
def test_every_variant_is_clean(variant: str) -> None:
    out = render(briefs.VARIANTS[variant](), config=briefs.config(), folders=briefs.FOLDERS)
    assert [str(finding) for finding in audit.audit(out.html, out.text, images={**FILES, **SPARKS})] == []


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(html: str) -> str:
        assert old in html
        return html.replace(old, new, 1)

    return change


def in_image(old: str, new: str) -> Callable[[str], str]:
    def change(html: str) -> str:
        start = html.index("<img")
        return html[:start] + swap(old, new)(html[start:])

    return change


def add(element: str) -> Callable[[str], str]:
    return swap("</h1>", f"</h1>{element}")


BREACHES: dict[str, tuple[Callable[[str], str], str]] = {
    "size": (add("<p>" + "x" * 32_000 + "</p>"), "Gmail clips it"),
    "conditional": (swap("<![endif]", ""), "close each one"),
    "import": (swap("</style>", "@import 'x';</style>"), "@import in a style"),
    "ground image": (swap("</style>", "p{background:url(x)}</style>"), "url( in a style"),
    "dark token": (lambda html: html.replace(look.DARK.callout, "#000000"), "the dark colour #1B2740"),
    "dark Outlook": (lambda html: html.replace("data-ogsc", "data-x"), "no rules for [data-ogsc]"),
    "dark media": (
        lambda html: html.replace("prefers-color-scheme", "x"),
        "no rules for prefers-color-scheme",
    ),
    "language": (lambda html: html.replace('lang="en"', ""), "lacks lang or dir"),
    "wrapper": (lambda html: html.replace('role="article" lang="en"', ""), "webmail drops <html>"),
    "title": (
        lambda html: html.replace("Small caps finally have the wind behind them\n</title>", "</title>"),
        "no title",
    ),
    "meta": (swap('name="supported-color-schemes"', 'name="x"'), "supported-color-schemes"),
    "two H1": (add("<h1>Second</h1>"), "2 <h1>"),
    "H3": (add("<h3>Third</h3>"), "<h3>; below the <h1>"),
    "empty heading": (add("<h2> </h2>"), "an empty <h2>"),
    "heading before": (swap("<h1", "<h2>Early</h2><h1"), "a heading stands before"),
    "role": (add("<table><tr><td>x</td></tr></table>"), "a <table> without role"),
    "label": (swap('aria-label="Largest gains and losses of the day"', ""), "without aria-label"),
    "column heads": (lambda html: html.replace('scope="col"', ""), "without column heads"),
    "row names": (lambda html: html.replace('scope="row"', ""), "a row without a name"),
    "scope": (swap(' scope="row"', ""), "a <th> without scope"),
    "alt": (swap('alt="Line chart', 'title="Line chart'), "has no alt"),
    "width": (in_image('width="640"', ""), "has no width in pixels"),
    "height": (in_image("height:auto", "height:9px"), "lacks height:auto"),
    "pixel": (
        add('<img src="https://t.example.com/p.png" alt="" width="1" style="display:block;height:auto">'),
        "tracking pixels",
    ),
    "data": (swap('src="charts/chart-light.png"', 'src="data:image/png;base64,AA"'), "Gmail drops it"),
    "insecure image": (
        swap('src="charts/chart-light.png"', 'src="http://x.example.com/a.png"'),
        "an image from 'http:",
    ),
    "script": (add("<script>x</script>"), "<script>: mail clients block it"),
    "form": (add("<form></form>"), "<form>"),
    "frame": (add("<iframe></iframe>"), "<iframe>"),
    "font link": (add('<link href="https://fonts.example.com/x">'), "<link>"),
    "handler": (add('<p onclick="x">x</p>'), "<p onclick=…> runs code"),
    "code address": (add('<a href="JavaScript:x">Prices today</a>'), "runs code"),
    "http link": (add('<a href="http://example.com">Prices today</a>'), "use https or mailto"),
    "here": (add('<a href="https://example.com">here</a>'), "a link that says 'here'"),
    "read more": (add('<a href="https://example.com">Read more…</a>'.replace("…", " ›")), "name its target"),
    "wordless": (add('<a href="https://example.com"></a>'), "a link without words"),
    "small": (add('<p style="font-size:12px">x</p>'), "text at 12 px"),
    "bgcolor": (
        add('<table role="presentation"><tr><td style="background:#fff">x</td></tr></table>'),
        "without bgcolor",
    ),
    "jinja": (add("<p>{{ brief.x }}</p>"), "'{{' is left over"),
    "none": (add("<p>fell None%</p>"), "'None' is left over"),
    "nan": (add("<p>fell nan%</p>"), "'nan' is left over"),
    "undefined": (add("<p>Undefined</p>"), "'Undefined' is left over"),
    "localhost": (add('<a href="https://localhost:8000/">The archive</a>'), "'localhost' is left over"),
    "lorem": (add("<p>Lorem ipsum</p>"), "'Lorem' is left over"),
    "unsubscribe": (
        lambda html: html.replace("/unsubscribe/", "/x/").replace("unsubscribetoken", "x"),
        "no unsubscribe link",
    ),
}


@pytest.mark.parametrize(("change", "message"), BREACHES.values(), ids=BREACHES.keys())
def test_each_breach_is_found(change: Callable[[str], str], message: str) -> None:
    assert any(message in finding for finding in said(change(FULL.html), FILES)), said(
        change(FULL.html), FILES
    )


def test_a_finding_says_where() -> None:
    html = swap("</h1>", "</h1>\n<script>x</script>")(FULL.html)
    line = next(number for number, text in enumerate(html.splitlines(), 1) if "<script>" in text)
    finding = next(f for f in audit.audit_html(html) if "<script>" in f.message)
    assert finding.where == f"index.html:{line}"
    assert finding.severity is Severity.ERROR


def test_a_large_mail_is_a_warning_first() -> None:
    html = add("<p>" + "x" * 15_000 + "</p>")(FULL.html)
    assert [(f.severity, "80,000" in f.message) for f in audit.audit_html(html)] == [(Severity.WARNING, True)]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({CHART_DARK: png()}, "charts/chart-light.png is not among the issue's files"),
        ({CHART_LIGHT: png()}, "the dark image charts/chart-dark.png is not among"),
        ({**FILES, CHART_DARK: png(1280, 900)}, "differ in size"),
        ({**FILES, CHART_LIGHT: png(640, 500), CHART_DARK: png(640, 500)}, "640 px wide and shown at 640"),
        ({CHART_LIGHT: png(1280, 1700), CHART_DARK: png(1280, 1700)}, "1700 px tall"),
        ({**FILES, CHART_LIGHT: b"GIF89a"}, "is no PNG"),
        ({**FILES, CHART_LIGHT: png() + b"\0" * 120_000}, "keep a chart under 120,000"),
        ({**FILES, CHART_LIGHT: png() + b"\0" * 600_000}, "keep them under 600,000"),
    ],
)
def test_images_are_held_to_their_files(files: dict[str, bytes], message: str) -> None:
    assert any(message in finding for finding in said(FULL.html, files)), said(FULL.html, files)


def test_embedded_and_hosted_images_are_resolved() -> None:
    html = FULL.html.replace(CHART_LIGHT, "cid:chart@example.com")
    assert any("cid:chart@example.com is not among" in finding for finding in said(html, FILES))
    assert said(html, {**FILES, "cid:chart@example.com": png()}) == []
    hosted = FULL.html.replace(CHART_LIGHT, "https://brief.example.com/a.png")
    assert said(hosted.replace(CHART_DARK, "https://brief.example.com/b.png"), {}) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: "x " * 50 + "\n" + text, "issue.txt:1: 100 columns"),
        (lambda text: text.replace("+0.42%", "nan%", 1), "'nan' is left over"),
        (lambda text: "{{ x }}\n" + text, "issue.txt:1: '{{' is left over"),
        (lambda text: text[:5], "1 words"),
        (lambda text: text.replace("unsubscribetoken", "x"), "no unsubscribe address"),
    ],
)
def test_the_text_part_is_held_to_its_rules(change: Callable[[str], str], message: str) -> None:
    findings = [str(finding) for finding in audit.audit_text(change(FULL.text))]
    assert any(message in finding for finding in findings), findings


def test_a_long_address_may_stand_alone() -> None:
    text = FULL.text + "[9] https://example.com/" + "x" * 100 + "\nhttps://example.com/" + "x" * 100 + "\n"
    assert audit.audit_text(text) == ()


def test_an_outside_headline_may_say_none() -> None:
    title = "None of the banks said why: nan and localhost explained at rather more than usual length"
    html = add(f"<p>{title}</p>")(FULL.html)
    text = FULL.text + title.replace("why: ", "why:\n    ") + "\n"
    assert audit.audit(html, text, quoted=(title,)) == ()
    assert len(audit.audit(html, text)) == 6


def test_quotations_are_found_in_a_saved_brief() -> None:
    found = audit.quoted_in(json.loads(brief_json.to_json(briefs.full())))
    assert {item.title for item in briefs.READING} <= set(found)
    assert {"Kestrel Labs", "No headline found", "Durable goods orders", "Plum Foods", "spotlight"} <= set(
        found
    )
    assert "" not in found
    gaps = audit.quoted_in(json.loads(brief_json.to_json(briefs.degraded())))
    assert "the lists begin in 2019" in gaps


def test_png_sizes() -> None:
    assert images.png_size(png(12, 34)) == (12, 34)
    assert images.png_size(b"\x89PNG\r\n\x1a\n") is None
    assert images.png_size(b"") is None
