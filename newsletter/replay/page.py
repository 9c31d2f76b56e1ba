"""The replay report as one self-contained page: plain HTML, charts as inline SVG, nothing fetched, no script."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from newsletter.facts import Mode
from newsletter.replay.rates import Rate
from newsletter.replay.report import PER_DIRECTION, Issue, Report, Row, faults

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:1040px;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1,h2{line-height:1.2}h2{margin-top:2.2rem}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .55rem;text-align:right;border-bottom:1px solid #e3e6ea;white-space:nowrap}
th:first-child,td:first-child,.l{text-align:left}
.bad{color:#a4262c;font-weight:600}.wide{overflow-x:auto}
svg text{font:11px system-ui,sans-serif;fill:#444}
@media(prefers-color-scheme:dark){body{background:#15181c;color:#e6e8eb}th,td{border-color:#343a41}svg text{fill:#b8bdc4}.bad{color:#ff8a80}}
"""

COLOURS = {Mode.STRONG: "#0b5fa5", Mode.NORMAL: "#7fb0d8", Mode.QUIET: "#c9ced6"}


def page(report: Report) -> str:
    """The whole report as HTML."""
    wrong = faults(report)
    parts = [
        f"<h1>Replay {report.start} to {report.end}</h1>",
        _summary(report),
        "<h2>Out of bounds</h2>",
        _list(wrong, "Nothing."),
        "<h2>Kinds of day, by year</h2>",
        _years(report),
        "<h2>Best score of each session</h2>",
        _scores(report),
        "<h2>What leads strong and normal days</h2>",
        _leads(report),
        "<h2>Firing rate against reference</h2>",
        "<p>Dots are entities; the bar is the reference range. Logarithmic, percent of sessions.</p>",
        _rates(report),
        "<h2>Base rates</h2>",
        "<p>How often plain conditions held, and how often from 2004-01-02 to 2025-09-30 when the rules were designed.</p>",
        _base_rates(report.rates),
        "<h2>Rules</h2>",
        _rows(report.rows),
        "<h2>Twenty best issues</h2>",
        _issues(report.best),
        "<h2>Thirty issues to read</h2>",
        _issues(report.sample),
        "<h2>Inferable pairs</h2>",
        _pairs(report),
    ]
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Replay {report.start} to {report.end}</title><style>{STYLE}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )


def _summary(report: Report) -> str:
    share = {mode: f"{report.share(mode):.1f}%" for mode in Mode}
    return (
        f"<p>{report.sessions:,} sessions: {share[Mode.STRONG]} strong, {share[Mode.NORMAL]} normal, "
        f"{share[Mode.QUIET]} quiet. {report.repeats} sessions led with the story of the one before. "
        f"Calibration fitted on {escape(report.fitted)}, kappa {report.kappa:g}.</p>"
    )


def _list(lines: Sequence[str], otherwise: str) -> str:
    if not lines:
        return f"<p>{otherwise}</p>"
    return "<ul>" + "".join(f'<li class="bad">{escape(line)}</li>' for line in lines) + "</ul>"


def _svg(width: int, height: int, name: str, shapes: Iterable[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="100%" role="img" aria-label="{escape(name)}">'
        + "".join(shapes)
        + "</svg>"
    )


def _years(report: Report) -> str:
    width, height = 1000, 220
    step = width / max(len(report.years), 1)
    shapes = []
    for k, year in enumerate(report.years):
        top = 0.0
        for mode in (Mode.QUIET, Mode.NORMAL, Mode.STRONG):
            share = year.of(mode) / max(year.sessions, 1)
            shapes.append(
                f'<rect x="{k * step + 3:.1f}" y="{top:.1f}" width="{step - 6:.1f}" height="{180 * share:.1f}" '
                f'fill="{COLOURS[mode]}"/>'
            )
            top += 180 * share
        middle = k * step + step / 2
        strong = 100 * year.strong / max(year.sessions, 1)
        shapes.append(f'<text x="{middle:.1f}" y="196" text-anchor="middle">{year.year}</text>')
        shapes.append(f'<text x="{middle:.1f}" y="212" text-anchor="middle">{strong:.0f}%</text>')
    return _svg(width, height, "Share of strong, normal and quiet sessions by year", shapes)


def _scores(report: Report) -> str:
    width, height = 1000, 200
    step = width / max(len(report.scores), 1)
    most = max((count for _, count in report.scores), default=1) or 1
    shapes = []
    for k, (score, count) in enumerate(report.scores):
        mode = Mode.STRONG if score >= 4 else Mode.NORMAL if score >= 2.5 else Mode.QUIET
        tall = 160 * count / most
        shapes.append(
            f'<rect x="{k * step + 2:.1f}" y="{165 - tall:.1f}" width="{step - 4:.1f}" height="{tall:.1f}" '
            f'fill="{COLOURS[mode]}"/>'
        )
        shapes.append(f'<text x="{k * step + step / 2:.1f}" y="182" text-anchor="middle">{score:g}</text>')
    return _svg(width, height, "Sessions by their best score, in half bits", shapes)


def _leads(report: Report) -> str:
    rows = report.leads[:24]
    most = max((count for _, count in rows), default=1)
    shapes = []
    for k, (name, count) in enumerate(rows):
        y = 20 * k
        shapes.append(f'<text x="190" y="{y + 14}" text-anchor="end">{escape(name)}</text>')
        shapes.append(
            f'<rect x="200" y="{y + 3}" width="{680 * count / most:.1f}" height="14" fill="#0b5fa5"/>'
        )
        share = 100 * count / max(report.sessions, 1)
        shapes.append(f'<text x="{206 + 680 * count / most:.1f}" y="{y + 14}">{share:.1f}%</text>')
    return _svg(1000, 20 * len(rows) + 4, "Share of sessions each rule leads", shapes)


def _rates(report: Report) -> str:
    named = [row for row in report.rows if row.reference is not None and row.sessions]
    names = list(dict.fromkeys(row.detector for row in named))
    shapes = []
    for k, name in enumerate(names):
        y = 18 * k + 10
        mine = [row for row in named if row.detector == name]
        low, high = mine[0].reference or (0.0, 0.0)
        scale = 2.0 if name in PER_DIRECTION else 1.0
        left, right = _log(low * scale), _log(high * scale)
        shapes.append(f'<text x="190" y="{y + 4}" text-anchor="end">{escape(name)}</text>')
        shapes.append(
            f'<rect x="{left - 2:.1f}" y="{y - 5}" width="{right - left + 4:.1f}" height="10" fill="#c9ced6"/>'
        )
        shapes += [
            f'<circle cx="{_log(row.rate):.1f}" cy="{y}" r="3.2" fill="#0b5fa5"><title>{escape(row.entity)} '
            f"{row.rate:.2f}%</title></circle>"
            for row in mine
        ]
    bottom = 18 * len(names) + 20
    shapes += [
        f'<text x="{_log(tick):.1f}" y="{bottom}" text-anchor="middle">{tick:g}%</text>'
        for tick in (0.02, 0.1, 1, 10)
    ]
    return _svg(1000, bottom + 8, "Firing rate of each rule beside its reference", shapes)


def _log(rate: float) -> float:
    return 210 + 760 * (math.log10(min(max(rate, 0.01), 30.0)) + 2) / (math.log10(30) + 2)


def _rows(rows: Sequence[Row]) -> str:
    head = (
        "rule",
        "entity",
        "tested from",
        "n",
        "fired",
        "rate %",
        "reference %",
        "median bits",
        "longest silence",
        "led",
        "listed",
        "stale",
        "folded",
        "guarded",
        "last",
    )
    return _table(
        head,
        (
            (
                row.detector,
                row.entity,
                str(row.first),
                f"{row.sessions:,}",
                f"{row.fired:,}",
                f"{row.rate:.2f}",
                "" if row.reference is None else f"{row.reference[0]:g}–{row.reference[1]:g}",
                "" if row.median_bits is None else f"{row.median_bits:.1f}",
                f"{row.longest_silence:,}",
                str(row.led),
                str(row.listed),
                str(row.stale),
                str(row.folded),
                str(row.guarded),
                str(row.last[-1]) if row.last else "",
            )
            for row in rows
        ),
    )


def _base_rates(rates: Sequence[Rate]) -> str:
    return _table(
        ("condition", "entity", "n", "held", "rate %", "documented", "documented %"),
        (
            (
                f"{rate.number}. {rate.rule}",
                rate.entity,
                f"{rate.sessions:,}",
                f"{rate.count:,}",
                f"{rate.percent:.2f}",
                f"{rate.documented:,}",
                f"{rate.documented_percent:.2f}",
            )
            for rate in rates
        ),
    )


def _issues(issues: Sequence[Issue]) -> str:
    return _table(
        ("session", "kind", "score", "lead", "runners-up"),
        (
            (
                str(issue.session),
                issue.mode.value,
                f"{issue.score:.2f}",
                issue.lead or "plain table",
                ", ".join(issue.also),
            )
            for issue in issues
        ),
    )


def _pairs(report: Report) -> str:
    return _table(
        ("when this is told", "so is this", "share", "of sessions"),
        (
            (item.one, item.other, f"{100 * item.share:.0f}%", f"{item.sessions:,}")
            for item in report.together
        ),
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
