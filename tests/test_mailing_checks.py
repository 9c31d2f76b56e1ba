"""What is refused before anything is begun, test copies, dry runs, and telling the operator."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newsletter import mailing
from newsletter.brief import UNSUBSCRIBE_TOKEN
from newsletter.config import Config
from newsletter.delivery import requirements
from newsletter.delivery.sending import Stop
from newsletter.delivery.transport import Receipt, Stage
from newsletter.delivery.transports.memory import Memory
from newsletter.errors import ConfigError, DataError, MailError, UsageError
from newsletter.subscribers.keys import Purpose
from tests.mail_support import (
    ENVIRONMENT,
    ISSUE,
    KEYS,
    at_send_time,
    config_at,
    fill,
    free_port,
    ids,
    issue_at,
    read,
    readers,
    server,
)


def send(config: Config, folder: Path, **changes: str) -> mailing.MailingReport:
    memory = Memory()
    return mailing.mail(
        config,
        folder,
        clock=at_send_time,
        environment={**ENVIRONMENT, **changes},
        connect=memory.connected,
        stop=Stop(),
    )


@pytest.mark.parametrize(
    ("sections", "says"),
    [
        ({"sender": "{postal_address: 1 Example St}"}, "sender.address is not set"),
        ({"sender": "{address: a@brief.example.com}"}, "sender.postal_address is not set"),
        (
            {"sender": "{address: a@brief.example.com, postal_address: ' '}"},
            "sender.postal_address is not set",
        ),
        ({"public_base_url": "null"}, "public_base_url is not set"),
    ],
)
def test_config_that_lacks_what_the_law_asks_for(tmp_path: Path, sections: dict[str, str], says: str) -> None:
    config = config_at(tmp_path, **sections)
    fill(config, readers(2))

    with pytest.raises(ConfigError, match=re.escape(says)) as refused:
        send(config, issue_at(tmp_path))

    assert refused.value.exit_code == 2
    assert "\n" not in str(refused.value)
    assert mailing.status(config) is None


def test_without_a_secret_key_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"NEWSLETTER_SECRET_KEY is not set: make one with `python3 -c"):
        send(config_at(tmp_path), issue_at(tmp_path), NEWSLETTER_SECRET_KEY="")


def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="shorter than 16"):
        send(config_at(tmp_path), issue_at(tmp_path), NEWSLETTER_SECRET_KEY="secret")


def test_sample_data_never_goes_to_the_list(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, readers(2))

    with pytest.raises(UsageError, match="sample data, which never goes to the list"):
        send(config, issue_at(tmp_path, sample=True))


@pytest.mark.parametrize("part", ["html", "text"])
def test_a_part_without_the_way_out_is_refused(tmp_path: Path, part: str) -> None:
    html, text = ("No way out.", None) if part == "html" else (None, "No way out.")

    with pytest.raises(UsageError, match="no unsubscribe link"):
        send(config_at(tmp_path), issue_at(tmp_path, html=html, text=text))


def test_a_folder_that_holds_no_issue(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"brief\.json"):
        send(config_at(tmp_path), tmp_path / "nothing")


@pytest.mark.parametrize("address", ["me@gmail.com", "me@Outlook.com"])
def test_free_mail_senders_are_warned_of(tmp_path: Path, address: str) -> None:
    config = config_at(tmp_path, sender=f"{{address: {address}, postal_address: 1 Example St}}")
    fill(config, readers(1))

    assert "large providers refuse" in send(config, issue_at(tmp_path)).warnings[0]
    assert requirements.warnings(config_at(tmp_path)) == ()


def test_an_unreachable_server_freezes_nothing(tmp_path: Path) -> None:
    config = config_at(tmp_path, free_port())
    fill(config, readers(2))

    with pytest.raises(MailError, match="can't reach the mail server") as refused:
        mailing.mail(config, issue_at(tmp_path), clock=at_send_time, environment=ENVIRONMENT)

    assert refused.value.exit_code == 1
    assert mailing.status(config) is None


def test_wrong_credentials(tmp_path: Path) -> None:
    login = {"NEWSLETTER_SMTP_USERNAME": "desk", "NEWSLETTER_SMTP_PASSWORD": "guess"}
    with server(tmp_path / "inbox", user="desk:open sesame") as inbox:
        config = config_at(tmp_path, inbox.port)
        fill(config, readers(2))
        with pytest.raises(MailError, match="535") as refused:
            mailing.mail(config, issue_at(tmp_path), clock=at_send_time, environment={**ENVIRONMENT, **login})
    assert refused.value.exit_code == 1
    assert mailing.status(config) is None


def test_plaintext_off_this_machine(tmp_path: Path) -> None:
    config = config_at(tmp_path, smtp="{host: mail.example.com, security: none}")

    with pytest.raises(ConfigError, match=r"in the clear to mail\.example\.com"):
        mailing.mail(config, issue_at(tmp_path), clock=at_send_time, environment=ENVIRONMENT)


class TestCopies:
    """`send --to`: as often as wanted, to anybody, past every deadline, sample data too."""

    def test_reach_who_was_named_and_leave_no_trace(self, tmp_path: Path) -> None:
        with server(tmp_path / "inbox") as inbox:
            config = config_at(tmp_path, inbox.port)
            fill(config, readers(1))
            folder = issue_at(tmp_path, sample=True)
            for _ in range(2):
                mailing.send_to(
                    config,
                    folder,
                    ["Editor@brief.example.com", readers(1)[0], "me@localhost"],
                    clock=at_send_time,
                    environment=ENVIRONMENT,
                )
            got = inbox.raw()
        assert [recipient for _, recipient, _ in got].count("Editor@brief.example.com") == 2
        assert len(got) == 6
        assert len({read(content)["Message-ID"] for *_, content in got}) == 6
        assert mailing.status(config) is None
        by_address = {recipient: read(content) for _, recipient, content in got}
        own = KEYS.token(Purpose.UNSUBSCRIBE, ids(config)[readers(1)[0]])
        assert own in by_address[readers(1)[0]]["List-Unsubscribe"]
        assert own not in by_address["me@localhost"]["List-Unsubscribe"]

    def test_need_a_sender_but_no_key_nor_public_pages(self, tmp_path: Path) -> None:
        memory = Memory()
        config = config_at(tmp_path, public_base_url="null", sender="{address: a@brief.example.com}")

        receipts = mailing.send_to(
            config,
            issue_at(tmp_path),
            readers(1),
            clock=at_send_time,
            environment={},
            connect=memory.connected,
        )

        assert [receipt.accepted for receipt in receipts] == [True]
        with pytest.raises(ConfigError, match=r"sender\.address"):
            mailing.send_to(
                config_at(tmp_path, sender="{}"),
                issue_at(tmp_path),
                readers(1),
                clock=at_send_time,
                environment={},
            )

    def test_say_who_was_refused(self, tmp_path: Path) -> None:
        no = Receipt(stage=Stage.RCPT, code=550, text="5.1.1 no such user")
        memory = Memory(lambda message: no if message.recipient == readers(2)[0] else OK)
        with pytest.raises(
            MailError, match=r"not taken for reader0000@inbox\.example: 550 5\.1\.1 no such user"
        ):
            mailing.send_to(
                config_at(tmp_path),
                issue_at(tmp_path),
                readers(2),
                clock=at_send_time,
                environment=ENVIRONMENT,
                connect=memory.connected,
            )
        assert [message.recipient for message in memory.messages] == [readers(2)[1]]

    @pytest.mark.parametrize("address", ["nobody", "a@b@c", "", "a@b.example\nBcc: c@d.example"])
    def test_go_to_addresses_only(self, tmp_path: Path, address: str) -> None:
        with pytest.raises(UsageError, match="--to"):
            mailing.send_to(
                config_at(tmp_path), issue_at(tmp_path), [address], clock=at_send_time, environment={}
            )


OK = Receipt(stage=Stage.DOT, code=250, text="2.0.0 ok")


def test_a_dry_run_writes_each_mail_and_notes_nothing(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    fill(config, [*readers(3), "a/b@inbox.example"])

    dry = mailing.dry_run(
        config, issue_at(tmp_path), tmp_path / "out", clock=at_send_time, environment=ENVIRONMENT
    )

    files = sorted((tmp_path / "out").glob("*.eml"))
    assert (dry.messages, dry.problems, dry.left_out) == (4, (), {})
    assert sorted(read(path.read_bytes())["To"] for path in files) == sorted(
        [*readers(3), "a/b@inbox.example"]
    )
    assert mailing.status(config) is None


def test_a_dry_run_tells_what_a_mailing_would_be_refused_for(tmp_path: Path) -> None:
    config = config_at(tmp_path, sender="{}", public_base_url="null")
    fill(config, readers(1))

    dry = mailing.dry_run(
        config, issue_at(tmp_path, sample=True), tmp_path / "out", clock=at_send_time, environment={}
    )

    told = " | ".join(dry.problems)
    assert dry.messages == 1
    for part in (
        "sender.address",
        "postal_address",
        "public_base_url",
        "NEWSLETTER_SECRET_KEY",
        "sample data",
    ):
        assert part in told
    assert UNSUBSCRIBE_TOKEN in next((tmp_path / "out").glob("*.eml")).read_text()


def test_a_dry_run_into_a_place_that_cant_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    config = config_at(tmp_path)
    fill(config, readers(1))

    with pytest.raises(UsageError, match="choose another folder with --out"):
        mailing.dry_run(
            config, issue_at(tmp_path), tmp_path / "file" / "out", clock=at_send_time, environment=ENVIRONMENT
        )


class TestAlert:
    """The operator is told once of each kind of failure of an issue."""

    def tell(self, config: Config, memory: Memory, *, issue: str = ISSUE, kind: str = "build") -> bool:
        return mailing.alert(
            config,
            "the build failed\nBcc: all@brief.example.com",
            "No prices came.\n",
            issue=issue,
            kind=kind,
            clock=at_send_time,
            environment={},
            connect=memory.connected,
        )

    def test_once_for_each_issue_and_kind(self, tmp_path: Path) -> None:
        config, memory = config_at(tmp_path), Memory()

        told = [
            self.tell(config, memory),
            self.tell(config, memory),
            self.tell(config, memory, kind="mail"),
            self.tell(config, memory, issue="2025-08-27-morning"),
        ]

        assert told == [True, False, True, True]
        message = read(memory.messages[0].content())
        assert (message["To"], message["From"].addresses[0].addr_spec) == (
            "operator@brief.example.com",
            "brief@brief.example.com",
        )
        assert message["Subject"] == "the build failed Bcc: all@brief.example.com"
        assert message["Bcc"] is None
        assert message["Auto-Submitted"] == "auto-generated"
        assert message.get_content().strip() == "No prices came."

    def test_a_failure_to_tell_is_no_failure_and_tried_again(self, tmp_path: Path) -> None:
        config = config_at(tmp_path)
        no = Receipt(stage=Stage.RCPT, code=550, text="no")

        assert not self.tell(config, Memory(lambda _: no))
        assert self.tell(config, Memory())

    def test_nobody_to_tell(self, tmp_path: Path) -> None:
        memory = Memory()

        assert not self.tell(config_at(tmp_path, operator="{}"), memory)
        assert memory.messages == []

    def test_nothing_that_can_be_wrong_is_raised(self, tmp_path: Path) -> None:
        (tmp_path / "newsletter.db").write_text("not a database " * 100)
        assert not self.tell(config_at(tmp_path), Memory())

        def tell(port: int, **sections: str) -> bool:
            config = config_at(tmp_path / str(port), port, **sections)
            return mailing.alert(config, "s", "t", issue=ISSUE, kind="k", clock=at_send_time, environment={})

        assert not tell(free_port())
        assert not tell(25, smtp="{host: mail.example.com, security: none}")
