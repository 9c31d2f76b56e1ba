"""publish: the web archive as a static site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli.base import App, pass_app

if TYPE_CHECKING:
    from newsletter.config import Config
    from newsletter.publishing import Published


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--edition", help="Only this edition of config.yaml. Default: all.")
@click.option(
    "--built/--mailed-only",
    help="Every built issue, or only those whose mailing has begun, as they were mailed. Default: mailed only.",
)
@click.option("--sample", is_flag=True, help="Issues from the sample market too; every page of them says so.")
@pass_app
def publish(app: App, folder: Path, edition: str | None, built: bool, sample: bool) -> int:
    """Write the web archive to DIR as a static site: pages, feeds, calendar; a second run writes only what changed."""
    from newsletter import publishing, terminal

    config = app.config()
    wanted = publishing.Wanted(edition=edition, built=built, sample=sample)
    with terminal.progress() as progress:
        published = publishing.publish(config, folder, wanted, progress=progress)
    for one in published.left_out:
        click.echo(f"left out: {one.issue}: {one.reason}", err=True)
    if published.issues:
        _print_site(config, published)
    else:
        click.echo(_nothing(config, published))
    return 1 if published.left_out else 0


def _print_site(config: Config, published: Published) -> None:
    issues = f"{published.issues} issue{'s' if published.issues != 1 else ''}"
    click.echo(
        f"{issues}: {published.written} files written, {published.unchanged} unchanged, {published.removed} removed"
    )
    click.echo(f"\n  site   {published.folder / 'index.html'}")
    if config.public_base_url:
        click.echo(f"  feed   {published.folder / 'feed.xml'}, for {config.public_base_url}/feed.xml")
    else:
        click.echo(
            "No public_base_url in config.yaml, so links are relative, and feeds and sitemap are left out."
        )
    if published.without_data:
        click.echo(
            f"{published.without_data} without data files: prices from Yahoo are for personal use, so none are offered."
        )


def _nothing(config: Config, published: Published) -> str:
    if published.not_mailed:
        return f"No issue has been mailed yet ({published.not_mailed} built); --built publishes those too. Nothing was written."
    return f"There is no issue to publish in {config.paths.issues}. Nothing was written."


COMMANDS = (publish,)
