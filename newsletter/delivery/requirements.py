"""What mailbox providers and the law ask of a mailing, as far as config and issue can show it. Pure."""

from __future__ import annotations

from newsletter.brief import UNSUBSCRIBE_TOKEN
from newsletter.config import Config
from newsletter.store.issues import FrozenIssue

FREE_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "aol.com", "outlook.com", "hotmail.com"),
        *("live.com", "msn.com", "icloud.com", "me.com", "mac.com", "gmx.com", "gmx.net", "gmx.de", "web.de"),
        *(
            "mail.com",
            "proton.me",
            "protonmail.com",
            "zoho.com",
            "yandex.com",
            "mail.ru",
            "qq.com",
            "163.com",
        ),
    }
)
"""Domains of free mailboxes, whose owners publish DMARC policies that refuse mail sent from elsewhere."""


def of_sender(config: Config) -> str | None:
    """What config lacks for any mail at all, or None."""
    if config.sender.address is None:
        return (
            "sender.address is not set in config.yaml: write from whom the mail comes, like brief@example.com"
        )
    return None


def of_list(config: Config) -> tuple[str, ...]:
    """What config lacks for mailing the list, beyond :func:`of_sender`."""
    missing = []
    if not (config.sender.postal_address or "").strip():
        missing.append(
            "sender.postal_address is not set in config.yaml: the law (CAN-SPAM) asks for one in every mail"
        )
    if config.public_base_url is None:
        missing.append(
            "public_base_url is not set in config.yaml: without it nobody could unsubscribe; "
            "write where `newsletter serve` is reached from outside, like https://brief.example.com"
        )
    return tuple(missing)


def of_issue(issue: FrozenIssue) -> str | None:
    """Why this issue can't go to the list, or None."""
    if issue.brief["issue"].get("sample"):
        return f"{issue.id} is made of sample data, which never goes to the list; send it to one address with --to"
    for name, content in (("index.html", issue.html), ("issue.txt", issue.text)):
        if UNSUBSCRIBE_TOKEN not in content:
            return (
                f"{issue.folder / name} holds no unsubscribe link, which every mail to the list must have; "
                "build the issue again once public_base_url is set in config.yaml"
            )
    return None


def warnings(config: Config) -> tuple[str, ...]:
    """What works but will cost readers."""
    domain = (config.sender.address or "").rpartition("@")[2].lower()
    if domain in FREE_MAIL:
        return (
            f"sender.address is at {domain}: large providers refuse such mail when it comes from elsewhere",
        )
    return ()
