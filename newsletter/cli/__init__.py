"""The command line. It parses, calls one function, and prints; it holds no product rule.

Exit codes, for cron: 0 done or nothing to do, 1 failed, 2 wrong use, 3 held (a person must look).
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newsletter import __version__
from newsletter.cli import health, making, people, publishing, sending, studies
from newsletter.cli.base import App
from newsletter.errors import NewsletterError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", "config_file", metavar="FILE", type=click.Path(path_type=Path), envvar="NEWSLETTER_CONFIG",
              help="The configuration. Default: config.yaml in this folder, else the built-in one.")  # fmt: skip
@click.option("-v", "--verbose", is_flag=True, help="Say more while working.")
@click.version_option(__version__, prog_name="newsletter")
@click.pass_context
def cli(context: click.Context, config_file: Path | None, verbose: bool) -> None:
    """Make and mail a daily market brief.

    Start with `newsletter demo`. Then `newsletter init DIR` makes a project of your own: edit its config.yaml, look at
    the issue with `newsletter preview`, add readers with `newsletter subscribers add`, and mail it with `newsletter
    send` from cron or with `newsletter run`.

    Exit codes: 0 done or nothing to do, 1 failed, 2 wrong use, 3 held because a person must look.
    """
    from newsletter import terminal

    terminal.logging_to_stderr(verbose)
    context.obj = App(config_file)


for command in (
    *making.COMMANDS,
    *sending.COMMANDS,
    *publishing.COMMANDS,
    people.subscribers,
    *studies.COMMANDS,
    *health.COMMANDS,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line; every error is one line on stderr, and a traceback is a bug."""
    try:
        code = cli.main(prog_name="newsletter", standalone_mode=False)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except NewsletterError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
