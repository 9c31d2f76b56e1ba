"""Headlines are hostile until cleaned; few are taken, and none of after the cut-off."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.errors import DataError
from newsletter.market import Headline
from newsletter.sources import headlines
from newsletter.sources.headlines import link, plain, select, site
from tests.sources_support import config_for, day_of, write_folder

CUT_OFF = datetime(2025, 8, 26, 10, 0, tzinfo=UTC)


def headline(title: str, url: str = "https://a.example/1", hours: float = 1.0) -> Headline:
    return Headline(title=title, url=url, source="A", published=CUT_OFF - timedelta(hours=hours))


@pytest.mark.parametrize(
    ("hostile", "clean"),
    [
        ("Stocks <script>alert(1)</script>rise", "Stocks rise"),
        ("<![CDATA[<img src=x onerror=alert(1)>]]>Fed waits", "Fed waits"),
        ("AT&amp;T &lt;b&gt;up&lt;/b&gt;", "AT&T up"),
        ("&amp;lt;script&amp;gt;x&amp;lt;/script&amp;gt; rate cut", "rate cut"),
        ("Left\u202eRight\u2066 to\x00 left\r\nnow", "Left Right to left now"),
        ("  Two\n lines ", "Two lines"),
    ],
)
def test_titles_are_plain_text(hostile: str, clean: str) -> None:
    result = plain(hostile, 200)
    assert "<" not in result
    assert result.replace("]]>", "").strip() == clean


def test_titles_have_an_end() -> None:
    assert len(plain("word " * 200, 200)) <= 200


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "ftp://a.example/", "https://", "//a.example/x", "nonsense",
     "https://user:secret@a.example/", "https://a.example/a b", "https://a.example/" + "x" * 500,
     "https://[bad/", "https://a.example/\x00"],
)  # fmt: skip
def test_links_lead_to_the_web_or_nowhere(address: str) -> None:
    assert link(address) is None


def test_a_good_link_stays_as_it_is() -> None:
    assert (
        link(" https://www.cnbc.com/2025/08/25/a.html?x=1 ") == "https://www.cnbc.com/2025/08/25/a.html?x=1"
    )


def test_one_publisher_is_one_domain() -> None:
    assert site("https://www.cnbc.com/x") == site("https://cnbc.com/y") == "cnbc.com"
    assert site("https://www.bbc.co.uk/x") == "bbc.co.uk"


def test_at_most_two_of_a_domain_and_six_in_all() -> None:
    many = [
        headline(f"Story {n} of {d}", f"https://{d}.example/{n}", n) for d in "abcde" for n in range(1, 4)
    ]
    many = [
        Headline(
            title=item.title, url=item.url.replace(".example", ".test"), source="x", published=item.published
        )
        for item in many
    ]
    chosen = select(many, CUT_OFF)
    assert len(chosen) == 6
    domains = [site(item.url) for item in chosen]
    assert max(domains.count(name) for name in domains) <= 2
    assert [item.published for item in chosen] == sorted((i.published for i in chosen), reverse=True)


def test_later_older_and_told_twice_are_dropped() -> None:
    chosen = select(
        [
            headline("Too late", hours=-0.1),
            headline("Too old", hours=73),
            headline("Stocks rise!", "https://b.example/2", 2),
            headline("Stocks Rise", "https://c.test/1", 3),
        ],
        CUT_OFF,
    )
    assert [item.title for item in chosen] == ["Stocks rise!"]


def test_the_operators_list(tmp_path: Path) -> None:
    reading = tmp_path / "reading.yaml"
    reading.write_text(
        "- {title: Small caps slip, url: https://a.example/1, source: A, published: 2025-08-25 17:40}\n"
        "- {title: Tomorrow, url: https://b.example/2, source: B, published: 2025-08-26T12:00:00Z}\n"
        "- {title: Overnight, url: https://b.example/1, source: B, published: 2025-08-26T09:00:00Z}\n"
    )
    config = config_for(write_folder(tmp_path / "market"), reading=reading)
    day = day_of(config, "2025-08-26")
    assert [(item.title, item.published) for item in day.headlines] == [
        ("Overnight", datetime(2025, 8, 26, 9, 0, tzinfo=UTC)),
        ("Small caps slip", datetime(2025, 8, 25, 21, 40, tzinfo=UTC)),  # New York time without a zone
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {title: A, url: https://a.example, source: A}", ":1: published is missing; add it"),
        (
            "- {title: A, url: 'javascript:x', source: A, published: 2025-08-25}",
            ":1: url: 'javascript:x' is not",
        ),
        (
            "- {title: A, url: https://a.example, source: A, published: soon}",
            ":1: published: 'soon' is not a time",
        ),
        ("title: A", ":1: expected a YAML list"),
        ("- just text", ":1: expected title, url, source and published"),
        ("- {title: A", ": not valid YAML"),
    ],
)
def test_a_mistake_in_the_list_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "reading.yaml"
    path.write_text(f"{text}\n")
    with pytest.raises(DataError) as error:
        headlines.read(path, at=CUT_OFF)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_an_empty_list_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "reading.yaml"
    path.write_text("")
    assert headlines.read(path, at=CUT_OFF).headlines == ()


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file; expected a YAML list"):
        headlines.read(tmp_path / "reading.yaml", at=CUT_OFF)
