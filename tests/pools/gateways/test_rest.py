from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pools.gateways import errors, listing
from pools.gateways.event_loop import run_blocking
from pools.gateways.rest import AdminApi
from pools.gateways.rest_items import ServerItem
from tests.pools.gateways.api_host import (
    PASSWORD,
    USERNAME,
    ApiHost,
    Authority,
    Reply,
    envelope,
    make_authority,
)

SERVER = {
    "domino_name": "CN=trav1/O=Acme",
    "availability_index": 90,
    "heart_beat": 1795342502123,
    "hostname": "trav1.acme",
    "ip_address": "10.0.0.1",
    "number_of_users": "200",
    "port": 50125,
    "server_status": "Available",
    "colour": "blue",
}


@pytest.fixture
def api_host() -> Iterator[ApiHost]:
    with ApiHost() as running:
        yield running


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


def api(url: str, **options: object) -> AdminApi:
    return AdminApi(url, USERNAME, PASSWORD, **options)  # type: ignore[arg-type]


def devices_in_pages(host: ApiHost, total: int, *, next_prefix: str = "") -> None:
    """Serve `total` devices, 10 × pm a page, as domain.md 3.1 describes."""

    def route(path: str) -> Reply:
        query = parse_qs(urlsplit(path).query)
        page, size = int(query["page"][0]), 10 * int(query["pm"][0])
        items = [
            {"username": f"CN=User {n}/O=Acme", "deviceid": f"D{n}"}
            for n in range((page - 1) * size, min(page * size, total))
        ]
        more = page * size < total
        link = f"{next_prefix}/api/traveler/devices?page={page + 1}&pm={query['pm'][0]}"
        return envelope(items, totalRecords=str(total), **({"next": link} if more else {}))

    host.routes["/api/traveler/devices"] = route


async def device_ids(host: ApiHost, **options: object) -> list[str]:
    async with api(host.url, **options) as opened:
        return [device.deviceid async for device in opened.devices()]


async def failure(url: str, **options: object) -> errors.GatewayError:
    async with api(url, **options) as opened:
        with pytest.raises(errors.GatewayError) as raised:
            await opened.servers()
    assert opened.host in str(raised.value)
    assert PASSWORD not in str(raised.value)
    return raised.value


async def test_servers_are_typed_and_unknown_fields_kept(api_host: ApiHost) -> None:
    api_host.routes["/api/traveler/servers"] = lambda _path: envelope([SERVER], totalRecords=1)
    async with api(f"{api_host.url}/api/traveler/") as opened:
        servers = await opened.servers()
    assert servers == [
        ServerItem(
            domino_name="CN=trav1/O=Acme",
            hostname="trav1.acme",
            ip_address="10.0.0.1",
            port=50125,
            availability_index=90,
            number_of_users=200,
            server_status="Available",
            heart_beat=datetime(2026, 11, 22, 10, 15, 2, 123_000, tzinfo=UTC),
            other=(("colour", "blue"),),
        )
    ]


@pytest.mark.parametrize("total", [0, 1, 20, 21, 57])
async def test_every_page_is_followed(api_host: ApiHost, total: int) -> None:
    devices_in_pages(api_host, total)
    assert await device_ids(api_host, page_multiplier=2) == [f"D{n}" for n in range(total)]


async def test_a_link_to_another_host_keeps_the_login_at_home(api_host: ApiHost) -> None:
    devices_in_pages(api_host, 30, next_prefix="https://evil.example")
    assert len(await device_ids(api_host, page_multiplier=1)) == 30
    assert len(api_host.requests) == 3


async def test_twice_escaped_slashes_are_understood(api_host: ApiHost) -> None:
    pages = iter(
        [
            {"data": [{"username": "u", "deviceid": "a"}], "next": r"\/api\/traveler\/devices?p=2"},
            {"data": [{"username": "u", "deviceid": "b"}]},
        ]
    )
    api_host.routes["/api/traveler/devices"] = lambda _path: Reply(
        body=json.dumps(next(pages)).encode()
    )
    assert await device_ids(api_host) == ["a", "b"]


async def test_a_list_that_leads_in_circles_ends_with_an_error(api_host: ApiHost) -> None:
    api_host.routes["/api/traveler/devices"] = lambda path: envelope([], next=path)
    with pytest.raises(errors.AnswerUnreadable, match="leads back"):
        await device_ids(api_host)


async def test_a_device_has_its_detail_resource(api_host: ApiHost) -> None:
    href = "/api/traveler/devices/D1"
    api_host.routes["/api/traveler/devices"] = lambda _path: envelope(
        [{"username": "CN=Ada/O=Acme", "deviceid": "D1", "href": href, "access_status": "1"}]
    )
    api_host.routes[href] = lambda _path: envelope(
        {
            "username": "CN=Ada/O=Acme",
            "deviceid": "D1",
            "approval_policy": 99,
            "approver_ids": ["CN=a", "CN=b"],
            "last_sync_time": 0,
            "wipe_types_supported": None,
        }
    )
    async with api(api_host.url) as opened:
        listed = [device async for device in opened.devices()]
        detail = await opened.device(listed[0].href)
    assert listed[0].access_status == 1
    assert detail.approval_policy == 99
    assert detail.approver_ids == "CN=a, CN=b"
    assert detail.last_sync_time is None


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply(401), errors.LoginRefused, "refused the login"),
        (Reply(403), errors.RightsMissing, "Administrator role"),
        (Reply(404), errors.AnswerUnreadable, "404"),
        (Reply(500), errors.AnswerUnreadable, "500"),
        (Reply(503), errors.ServerBusy, "busy"),
        (Reply(body=b"<html>welcome</html>"), errors.AnswerUnreadable, "not JSON"),
        (Reply(body=b"[1]"), errors.AnswerUnreadable, "envelope"),
        (Reply(body=b'{"data": [1]}'), errors.AnswerUnreadable, "items"),
        (Reply(body=b'{"data": [{}]}'), errors.AnswerUnreadable, "domino_name"),
        (Reply(body=b'{"data": [], "code": 500, "message": "no"}'), errors.AnswerUnreadable, "no"),
        (
            Reply(302, headers={"Location": "/names.nsf?Login&RedirectTo=/api/traveler/servers"}),
            errors.SessionLoginPage,
            "session authentication",
        ),
        (
            Reply(
                body=b'<form action="/names.nsf?Login"><input type="password"></form>',
                headers={"Content-Type": "text/html"},
            ),
            errors.SessionLoginPage,
            "login was refused",
        ),
        (
            Reply(301, headers={"Location": "https://trav.acme/api/traveler/servers?secret=1"}),
            errors.WrongProtocol,
            "redirects to https://trav.acme",
        ),
        (
            Reply(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
            errors.AnswerUnreadable,
            "compressed",
        ),
        (Reply(302, headers={"Location": "https://[half"}), errors.WrongProtocol, ""),
    ],
)
async def test_each_answer_that_is_none_says_why(
    api_host: ApiHost, reply: Reply, kind: type[errors.GatewayError], words: str
) -> None:
    api_host.routes["/api/traveler/servers"] = lambda _path: reply
    error = await failure(api_host.url)
    assert type(error) is kind
    assert words in str(error)
    assert "secret" not in str(error)


async def test_a_wrong_password_is_a_refused_login(api_host: ApiHost) -> None:
    async with AdminApi(api_host.url, USERNAME, "wrong") as opened:
        with pytest.raises(errors.LoginRefused):
            await opened.servers()


async def test_a_closed_port_and_an_unknown_name_are_distinguished(closed_port: int) -> None:
    assert type(await failure(f"http://127.0.0.1:{closed_port}")) is errors.PortClosed
    assert type(await failure("https://no-such-host.invalid")) is errors.NameNotFound


async def test_a_silent_server_times_out(silent_port: int) -> None:
    error = await failure(f"http://127.0.0.1:{silent_port}", timeout=0.3)
    assert type(error) is errors.TimedOut
    assert "0.3 s" in str(error)


async def test_a_dripping_server_times_out_as_a_whole() -> None:
    ended = asyncio.Event()

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        writer.close()
        ended.set()

    dripping = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = dripping.sockets[0].getsockname()[1]
    async with dripping:
        assert type(await failure(f"http://127.0.0.1:{port}", timeout=0.4)) is errors.TimedOut
        await asyncio.wait_for(ended.wait(), timeout=10)


async def test_the_pools_authority_is_trusted_and_no_other(
    authority: Authority, tmp_path: Path
) -> None:
    other = make_authority(tmp_path)
    with ApiHost(tls=authority.server_context) as host:
        host.routes["/api/traveler/servers"] = lambda _path: envelope([SERVER])
        async with api(host.url, ca_pem=authority.pem) as opened:
            assert len(await opened.servers()) == 1
        assert type(await failure(host.url)) is errors.CertificateRefused
        assert type(await failure(host.url, ca_pem=other.pem)) is errors.CertificateRefused
        by_name = host.url.replace("127.0.0.1", "localhost")
        assert type(await failure(by_name, ca_pem=authority.pem)) is errors.CertificateRefused
        async with api(host.url, verify=False) as opened:
            assert len(await opened.servers()) == 1


async def test_https_on_an_http_port_is_the_wrong_protocol(api_host: ApiHost) -> None:
    error = await failure(api_host.url.replace("http:", "https:"))
    assert type(error) is errors.WrongProtocol


def test_an_unreadable_authority_is_named() -> None:
    with pytest.raises(errors.CertificateRefused, match="cannot be read"):
        api("https://trav.acme", ca_pem="nonsense")


@pytest.mark.parametrize("url", ["", "trav1", "ftp://trav1", "http://"])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(errors.Unreachable, match="no web address"):
        api(url)


def test_synchronous_code_can_use_it_too(api_host: ApiHost) -> None:
    api_host.routes["/api/traveler/servers"] = lambda _path: envelope([SERVER])

    async def ask() -> int:
        async with api(api_host.url) as opened:
            return len(await opened.servers())

    assert run_blocking(ask()) == 1


async def test_silent_servers_do_not_delay_the_others(api_host: ApiHost, silent_port: int) -> None:
    api_host.routes["/api/traveler/servers"] = lambda _path: envelope([SERVER])
    silent = f"http://127.0.0.1:{silent_port}"

    ended: list[str] = []

    async def ask(url: str) -> None:
        async with api(url, timeout=5) as opened:
            with contextlib.suppress(errors.TimedOut):
                await opened.servers()
        ended.append(url)

    await asyncio.gather(*[ask(silent) for _ in range(5)], ask(api_host.url))
    assert ended == [api_host.url, *[silent] * 5]


async def test_a_next_page_that_is_no_address_is_an_answer_that_cannot_be_read(
    api_host: ApiHost,
) -> None:
    api_host.routes["/api/traveler/devices"] = lambda _path: envelope([], next="https://[half")
    with pytest.raises(errors.AnswerUnreadable, match="half"):
        await device_ids(api_host)


def test_half_an_address_is_no_address() -> None:
    with pytest.raises(errors.Unreachable, match="no web address"):
        api("https://[half")


def endless(page_of: Callable[[int], list[dict[str, str]]]) -> Callable[[str], Reply]:
    """A list each of whose pages names a next one."""

    def route(path: str) -> Reply:
        page = int(parse_qs(urlsplit(path).query)["page"][0])
        return envelope(page_of(page), next=f"/api/traveler/devices?page={page + 1}&pm=1")

    return route


async def test_a_list_whose_pages_repeat_ends_with_an_error(api_host: ApiHost) -> None:
    api_host.routes["/api/traveler/devices"] = endless(
        lambda _: [{"username": "u", "deviceid": "a"}]
    )
    with pytest.raises(errors.ListIncomplete, match="holds what was listed before"):
        await device_ids(api_host)
    assert len(api_host.requests) == 2


async def test_a_list_of_empty_pages_ends_with_an_error(api_host: ApiHost) -> None:
    api_host.routes["/api/traveler/devices"] = endless(lambda _page: [])
    with pytest.raises(errors.ListIncomplete, match="does not end: after 0 items"):
        await device_ids(api_host)


async def test_a_list_that_always_has_more_is_bounded(
    api_host: ApiHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_ITEMS", 5)
    api_host.routes["/api/traveler/devices"] = endless(
        lambda page: [{"username": "u", "deviceid": str(page)}]
    )
    with pytest.raises(errors.ListIncomplete, match="longer than 5 items"):
        await device_ids(api_host)


async def test_a_list_that_takes_for_ever_is_bounded(
    api_host: ApiHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LIST_SECONDS", -1.0)
    api_host.routes["/api/traveler/devices"] = endless(
        lambda page: [{"username": "u", "deviceid": str(page)}]
    )
    with pytest.raises(errors.ListIncomplete, match="not at its end"):
        await device_ids(api_host)


async def test_a_list_shorter_than_announced_is_refused(api_host: ApiHost) -> None:
    api_host.routes["/api/traveler/devices"] = lambda _path: envelope(
        [{"username": "u", "deviceid": "a"}], totalRecords="2500"
    )
    with pytest.raises(errors.ListIncomplete, match="ends after 1 of 2,500 items"):
        await device_ids(api_host)


def raw_body(host: ApiHost, body: bytes, content_type: str = "application/json") -> None:
    host.routes["/api/traveler/servers"] = lambda _path: Reply(
        body=body, headers={"Content-Type": content_type}
    )


LATIN = '{"data": [{"domino_name": "CN=Köln/O=Acme"}]}'.encode("latin-1")


async def test_an_answer_in_latin_1_is_not_blamed_on_the_address(api_host: ApiHost) -> None:
    raw_body(api_host, LATIN)
    error = await failure(api_host.url)
    assert "not in the character set utf-8, byte" in error.message
    assert "UTF-8" in error.remedy
    assert "address" not in error.remedy


async def test_a_character_set_that_is_said_is_read(api_host: ApiHost) -> None:
    raw_body(api_host, LATIN, "application/json; charset=ISO-8859-1")
    async with api(api_host.url) as opened:
        (server,) = await opened.servers()
    assert server.domino_name == "CN=Köln/O=Acme"


async def test_a_character_set_that_nobody_knows_is_an_unreadable_answer(api_host: ApiHost) -> None:
    raw_body(api_host, LATIN, "application/json; charset=klingon")
    assert isinstance(await failure(api_host.url), errors.AnswerUnreadable)


@pytest.mark.parametrize("length", [10, 20, 30, 40])
async def test_json_that_breaks_off_is_said_to(api_host: ApiHost, length: int) -> None:
    raw_body(api_host, b'{"data": [{"domino_name": "CN=trav1/O=Acme"}]}'[:length])
    error = await failure(api_host.url)
    assert f"breaks off after {length} characters" in error.message
    assert "Traveler server" not in error.remedy


async def test_a_body_shorter_than_announced_is_a_lost_connection(api_host: ApiHost) -> None:
    api_host.routes["/api/traveler/servers"] = lambda _path: Reply(
        body=b'{"data": [',
        headers={"Content-Type": "application/json", "Content-Length": "5000"},
    )
    error = await failure(api_host.url, timeout=5)
    assert isinstance(error, (errors.ConnectionLost, errors.TimedOut))
    assert "port" not in error.remedy
