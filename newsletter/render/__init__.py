"""Brief to HTML and text: Jinja, then MJML, then HTML, once per issue. Pure: values and templates in, strings out.

Both parts of the mail, the archive page and the preview come from the same call. What stands in the way is a
TemplateError that names template and line; nothing wrong is passed on in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from newsletter.brief import Brief
from newsletter.config import Config
from newsletter.render import engine, templates, validate
from newsletter.render.page import page, tokens

HTML_TEMPLATE = "brief.mjml.j2"
TEXT_TEMPLATE = "brief.txt.j2"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """One issue as it goes out: both parts of the mail, and the MJML between template and HTML, kept for the curious."""

    html: str
    text: str
    mjml: str


def render(brief: Brief, *, config: Config, folders: tuple[Path, ...]) -> Rendered:
    """``brief`` through the templates in ``folders`` (the operator's first).

    Raises TemplateError where a template can't be filled, or where it or what it makes isn't valid MJML.
    """
    validate.refuse(validate.check_templates(folders))
    made = templates.environment(folders)
    values = {"brief": brief, "page": page(brief, config), "look": tokens()}
    mjml = templates.fill(made, HTML_TEMPLATE, values)
    validate.refuse(validate.check_rendered(mjml))
    text = templates.fill(made, TEXT_TEMPLATE, values)
    return Rendered(html=engine.to_html(mjml), text=_tidy(text), mjml=mjml)


def _tidy(text: str) -> str:
    """``text`` without spaces at line ends, and with at most one empty line between two paragraphs."""
    kept: list[str] = []
    for line in (line.rstrip() for line in text.splitlines()):
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip() + "\n"
