"""The Traveler admin API, `/api/traveler` (domain.md 3.1): the same that the vendor's pages use."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from pools.gateways import errors
from pools.gateways.rest_items import (
    DeviceItem,
    Json,
    ServerItem,
    UserItem,
    integer,
    link,
    read_device,
    read_server,
    read_user,
    text,
)
from pools.gateways.web import is_login_page, tls_context, web_error

T = TypeVar("T")

ROOT = "/api/traveler"
# Items a page = 10 x pm; real clients ask for pm=100.
PAGE_MULTIPLIER = 100
CONNECT_TIMEOUT = 5.0
TIMEOUT = 15.0
LARGEST_ANSWER = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its items, where the next page is ('' at the end), and the announced total."""

    items: tuple[Json, ...]
    next: str
    total: int | None


class AdminApi:
    """An async context manager for one server: `async with AdminApi(url, user, pw) as api: …`.

    base_url: `https://host[:port]`, with or without the path of the API. ca_pem: the only
    authority to trust instead of the system's. timeout: seconds for each request as a whole.
    """

    def __init__(
        self,
        base_url: str,
        username: str,
        password: str,
        *,
        ca_pem: str | None = None,
        verify: bool = True,
        timeout: float = TIMEOUT,
        page_multiplier: int = PAGE_MULTIPLIER,
    ) -> None:
        try:
            address = urlsplit(base_url)
        except ValueError:
            address = urlsplit("")
        if address.scheme not in ("http", "https") or not address.hostname:
            raise errors.Unreachable(
                f"“{base_url}” is no web address.", remedy="Enter https:// and the host name."
            )
        self.host = address.netloc.rpartition("@")[2]
        self.origin = f"{address.scheme}://{self.host}"
        self.timeout = timeout
        self.page_multiplier = page_multiplier
        self._client = httpx.AsyncClient(
            auth=httpx.BasicAuth(username, password),
            verify=tls_context(ca_pem or "", verify=verify),
            timeout=httpx.Timeout(timeout, connect=min(CONNECT_TIMEOUT, timeout)),
            headers={"Accept": "application/json"},
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._client.aclose()

    async def servers(self) -> list[ServerItem]:
        """Return the members of the pool; a standalone server lists itself."""
        return [item async for item in self._items("servers", read_server)]

    def users(self) -> AsyncGenerator[UserItem, None]:
        """Yield every user, page after page."""
        return self._items("users", read_user)

    def devices(self) -> AsyncGenerator[DeviceItem, None]:
        """Yield every device, page after page; some fields come only with `device`."""
        return self._items("devices", read_device)

    async def device(self, href: str) -> DeviceItem:
        """Return one device with all its fields, by the `href` of its list item."""
        page = await self.page(href)
        return self._read(page.items[0] if page.items else {}, read_device)

    async def page(self, path: str) -> Page:
        """Return one page; `path` may be a relative link, another origin is never followed."""
        try:
            target = urlsplit(urljoin(f"{self.origin}{ROOT}/", path))
        except ValueError:
            raise self._unreadable(f"The API names “{path}” as an address.") from None
        query = f"?{target.query}" if target.query else ""
        try:
            async with asyncio.timeout(self.timeout):
                response, body = await self._get(f"{self.origin}{target.path}{query}")
        except (httpx.RequestError, TimeoutError, httpx.InvalidURL) as error:
            raise web_error(error, host=self.host, timeout=self.timeout) from None
        self._check(response, body)
        return self._read_page(body)

    async def _items(self, resource: str, read: Callable[[Json], T]) -> AsyncGenerator[T, None]:
        path = f"{ROOT}/{resource}?page=1&pm={self.page_multiplier}"
        seen: set[str] = set()
        while path:
            seen.add(path)
            page = await self.page(path)
            for item in page.items:
                yield self._read(item, read)
            path = page.next
            if path in seen:
                raise self._unreadable(f"The list of {resource} leads back to {path}.")

    async def _get(self, url: str) -> tuple[httpx.Response, bytes]:
        async with self._client.stream("GET", url) as response:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise self._unreadable("The answer is too large to be a page of a list.")
            return response, bytes(body)

    def _check(self, response: httpx.Response, body: bytes) -> None:
        status = response.status_code
        location = response.headers.get("location", "")
        if is_login_page(response, body):
            raise errors.SessionLoginPage(host=self.host)
        if response.is_redirect:
            raise errors.WrongProtocol(
                f"The server redirects to {location.partition('?')[0]}.",
                host=self.host,
                remedy="Enter that address for this server.",
            )
        if status in STATUS_ERRORS:
            raise STATUS_ERRORS[status](host=self.host)
        if status != HTTPStatus.OK:
            raise self._unreadable(f"The server answered with HTTP status {status}.")

    def _read_page(self, body: bytes) -> Page:
        try:
            envelope = json.loads(body)
        except (ValueError, RecursionError):
            raise self._unreadable("The answer is not JSON.") from None
        if not isinstance(envelope, dict) or "data" not in envelope:
            raise self._unreadable("The answer lacks the API's envelope (“data”).")
        code = integer(envelope.get("code"))
        if code is not None and code >= HTTPStatus.BAD_REQUEST:
            reason = text(envelope.get("message"))
            raise self._unreadable(f"The API reports code {code}: {reason}")
        data = envelope["data"]
        items = data if isinstance(data, list) else [data]
        if not all(isinstance(item, dict) for item in items):
            raise self._unreadable("The API's “data” holds something other than items.")
        return Page(tuple(items), link(envelope.get("next")), integer(envelope.get("totalRecords")))

    def _read(self, item: Json, read: Callable[[Json], T]) -> T:
        try:
            return read(item)
        except KeyError as missing:
            raise self._unreadable(f"An item of the API lacks {missing}.") from None

    def _unreadable(self, message: str) -> errors.AnswerUnreadable:
        return errors.AnswerUnreadable(
            message,
            host=self.host,
            remedy="Check that the address is a Traveler server and that /api/traveler is enabled.",
        )


STATUS_ERRORS: dict[int, type[errors.GatewayError]] = {
    HTTPStatus.UNAUTHORIZED: errors.LoginRefused,
    HTTPStatus.FORBIDDEN: errors.RightsMissing,
    HTTPStatus.SERVICE_UNAVAILABLE: errors.ServerBusy,
}
