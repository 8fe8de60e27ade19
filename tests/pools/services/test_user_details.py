"""What a server tells of a user: who is asked, what is kept, and how often."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from console.supervision.ports import free_port
from pools.models import TravelerUser
from pools.services.errors import NoReachableMember
from pools.services.user_details import (
    ASK_AGAIN_AFTER,
    DETAILS_STALE_AFTER,
    LOST_AFTER,
    is_asked,
    is_due,
    read_moment,
    request_details,
    sync_user_details,
)
from tests.factories import DeviceFactory, PoolFactory, ServerFactory, TravelerUserFactory
from tests.pools.gateways.ssh_host import SshHost
from tests.pools.services.conftest import console_answers, ssh_server

NAME = "CN=Ada Byron/O=Acme"
COMMAND = f"tell traveler user {NAME}"
SENTENCES = (
    "This server has no access rights to the mail file.",
    "Monitoring of the mail file is disabled.",
    "Encrypted mail is not possible.",
)
DETAILS = (
    *SENTENCES,
    f"Canonical Name: {NAME}",
    "Internet Address: Ada@acme.example",
    "Master Server: CN=trav2/O=Acme",
    "Master Server Locked: Tue Jun 15 17:08:37 UTC 2010",
    "Device ID: APPL1",
    "Last Sync: Sun Nov 22 10:15:02 UTC 2026",
    "Auto Sync Change Flags: None",
)


def somebody(**fields: object) -> TravelerUser:
    return TravelerUserFactory(name=NAME, address="", **fields)


@pytest.mark.django_db
class TestAsking:
    def test_one_member_that_answers_is_enough(self, host: SshHost) -> None:
        pool = PoolFactory()
        ServerFactory(
            pool=pool, domino_name="CN=a/O=Acme", ssh_host="127.0.0.1", ssh_port=free_port()
        )
        ssh_server(host, pool=pool, domino_name="CN=trav1/O=Acme")
        master = ServerFactory(
            pool=pool, domino_name="CN=trav2/O=Acme", ssh_host="127.0.0.1", ssh_port=free_port()
        )
        user = somebody(pool=pool, details_failure="an old one", details_asked_at=timezone.now())
        device = DeviceFactory(user=user, device_id="Appl1", last_sync_at=None)
        other = DeviceFactory(user=user)
        console_answers(host, COMMAND, *DETAILS)

        sync_user_details(user)

        user.refresh_from_db()
        assert user.master_server == master
        assert user.master_since == datetime(2010, 6, 15, 17, 8, 37, tzinfo=UTC)
        assert (user.address, user.address_key) == ("Ada@acme.example", "ada@acme.example")
        assert (user.mail_access, user.monitoring) == (False, False)
        assert user.mail_sentences.splitlines() == list(SENTENCES)
        assert user.details_failure == ""
        assert user.details_asked_at is None
        assert user.details_seen_at == user.details_tried_at is not None
        device.refresh_from_db()
        assert device.last_sync_at == datetime(2026, 11, 22, 10, 15, 2, tzinfo=UTC)
        assert "Auto Sync Change Flags: None" in device.printed.splitlines()
        other.refresh_from_db()
        assert other.printed == ""

    def test_what_is_not_printed_stays_as_it_was(self, host: SshHost) -> None:
        pool = PoolFactory()
        ssh_server(host, pool=pool)
        synced = datetime(2026, 11, 22, 12, tzinfo=UTC)
        user = TravelerUserFactory(name=NAME, address="ada@acme.example", pool=pool)
        device = DeviceFactory(user=user, device_id="Appl1", last_sync_at=synced)
        console_answers(
            host,
            COMMAND,
            f"Canonical Name: {NAME}",
            "Master Server: CN=elsewhere/O=Acme",
            "Master Server Locked: Tue Jun 15 17:08:37 EDT 2010",
            *DETAILS[-3:],
        )

        sync_user_details(user)

        user.refresh_from_db()
        device.refresh_from_db()
        assert user.address == "ada@acme.example"
        assert user.mail_access is user.monitoring is None
        # A server that is not entered here, and a zone that is not ours to guess.
        assert user.master_server is None
        assert user.master_name == "CN=elsewhere/O=Acme"
        assert user.master_since is None
        assert user.master_locked == "Tue Jun 15 17:08:37 EDT 2010"
        assert device.last_sync_at == synced

    def test_a_standalone_server_is_asked_about_its_own(self, host: SshHost) -> None:
        user = somebody(server=ssh_server(host))
        console_answers(host, COMMAND, *DETAILS[:5])

        sync_user_details(user)

        user.refresh_from_db()
        assert user.details_seen_at is not None
        assert user.master_server is None

    @pytest.mark.parametrize(
        "answer",
        [
            "User is not known to this server.",
            # Of somebody another command asked for at the same time.
            "Canonical Name: CN=Someone Else/O=Acme",
        ],
    )
    def test_an_answer_about_nobody_or_another_person_is_a_failure(
        self, host: SshHost, answer: str
    ) -> None:
        pool = PoolFactory()
        ssh_server(host, pool=pool, domino_name="CN=trav1/O=Acme")
        user = somebody(pool=pool, mail_sentences="what was known before")
        console_answers(host, COMMAND, answer)

        with pytest.raises(NoReachableMember, match="does not describe this user"):
            sync_user_details(user)

        user.refresh_from_db()
        assert "trav1" in user.details_failure
        assert user.mail_sentences == "what was known before"
        assert user.details_seen_at is None
        assert user.details_tried_at is not None

    def test_dead_members_are_given_up_after_three(self) -> None:
        pool = PoolFactory()
        for _number in range(5):
            ServerFactory(pool=pool, ssh_host="127.0.0.1", ssh_port=free_port())
        user = somebody(pool=pool)

        with pytest.raises(NoReachableMember):
            sync_user_details(user)

        user.refresh_from_db()
        assert user.details_failure.count("127.0.0.1") == 3

    def test_a_pool_without_servers_says_so(self) -> None:
        with pytest.raises(NoReachableMember, match="no server that could be asked"):
            sync_user_details(somebody())

    def test_a_name_that_would_be_a_command_is_not_sent(self, host: SshHost) -> None:
        pool = PoolFactory()
        for _number in range(2):
            ssh_server(host, pool=pool)
        user = TravelerUserFactory(name="CN=Ada; quit/O=Acme", pool=pool)

        with pytest.raises(NoReachableMember):
            sync_user_details(user)

        user.refresh_from_db()
        assert user.details_failure.startswith("This name cannot be sent to a console.")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The arguments of each task that reaches the queue."""
    tasks: list[object] = []

    def send(name: str, args: list[int], **_options: object) -> None:
        tasks.append((name, args))

    monkeypatch.setattr(current_app, "send_task", send)
    return tasks


@pytest.mark.django_db(transaction=True)
class TestThrottle:
    def test_ten_viewers_cause_one_command(self, sent: list[object]) -> None:
        user = TravelerUserFactory()

        asked = [request_details(user, automatic=True) for _viewer in range(10)]

        assert asked.count(True) == 1
        assert sent == [("pools.tasks.sync_user_details", [user.pk])]
        user.refresh_from_db()
        assert is_asked(user)
        assert not is_due(user)

    def test_ten_viewers_at_the_same_moment_cause_one_command(self, sent: list[object]) -> None:
        user = TravelerUserFactory()

        at_once(10, lambda: request_details(user))

        assert len(sent) == 1

    @pytest.mark.parametrize(
        ("since", "automatic", "asks"),
        [
            (ASK_AGAIN_AFTER / 2, False, False),
            (ASK_AGAIN_AFTER * 2, False, True),
            (ASK_AGAIN_AFTER * 2, True, False),
            (DETAILS_STALE_AFTER - timedelta(seconds=5), True, False),
            (DETAILS_STALE_AFTER + timedelta(seconds=5), True, True),
        ],
    )
    def test_a_button_asks_sooner_than_a_page_does(
        self, sent: list[object], since: timedelta, automatic: bool, asks: bool
    ) -> None:
        user = TravelerUserFactory(details_tried_at=timezone.now() - since)

        assert request_details(user, automatic=automatic) is asks
        assert len(sent) == asks

    def test_a_lost_worker_is_waited_for_no_longer(self, sent: list[object]) -> None:
        user = TravelerUserFactory(details_asked_at=timezone.now() - LOST_AFTER)

        assert not is_asked(user)
        assert is_due(user)
        assert request_details(user, automatic=True)
        assert len(sent) == 1

    def test_a_queue_that_is_down_is_said_and_nothing_is_awaited(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_arguments: object, **_options: object) -> None:
            raise OperationalError("no broker")

        monkeypatch.setattr(current_app, "send_task", refuse)
        user = TravelerUserFactory()

        request_details(user)

        user.refresh_from_db()
        assert "queue cannot be reached" in user.details_failure
        assert not is_asked(user)

    def test_nobody_is_asked_unasked_about_a_user_who_is_gone(self) -> None:
        assert not is_due(TravelerUserFactory(gone_at=timezone.now()))


def at_once(times: int, act: Callable[[], object]) -> None:
    """Run `act` in as many threads, all let go together."""
    barrier = threading.Barrier(times)

    def run() -> None:
        barrier.wait(10)
        try:
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("Tue Jun 15 17:08:37 UTC 2010", datetime(2010, 6, 15, 17, 8, 37, tzinfo=UTC)),
        ("Tue Jun 15 17:08:37 GMT 2010", datetime(2010, 6, 15, 17, 8, 37, tzinfo=UTC)),
        ("Tue Jun 15 17:08:37 EDT 2010", None),
        ("2021-01-01T00:00:00Z", datetime(2021, 1, 1, tzinfo=UTC)),
        ("11/22/2026 10:15:02 AM", None),
        ("never", None),
        ("", None),
    ],
)
def test_a_time_is_read_only_where_its_form_leaves_no_doubt(
    printed: str, read: datetime | None
) -> None:
    assert read_moment(printed) == read
