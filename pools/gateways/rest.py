"""The Traveler admin API, `/api/traveler` (domain.md 3.1): the same that the vendor's pages use."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Hashable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from pools.gateways import errors
from pools.gateways.certificates import explained
from pools.gateways.listing import ListProgress
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
# Called with the item that of a list cannot be read, and why.
OnOdd = Callable[[str], object]

ROOT = "/api/traveler"
# Items a page = 10 x pm; real clients ask for pm=100.
PAGE_MULTIPLIER = 100
CONNECT_TIMEOUT = 5.0
TIMEOUT = 15.0
NOT_TRAVELER = "Check that the address is a Traveler server and that /api/traveler is enabled."
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

    async def servers(self, *, on_odd: OnOdd | None = None) -> list[ServerItem]:
        """Return the members of the pool; a standalone server lists itself."""
        items = self._items("servers", read_server, on_odd, whole=False)
        return [item async for item in items]

    def users(self, *, on_odd: OnOdd | None = None) -> AsyncGenerator[UserItem, None]:
        """Yield every user, page after page.

        `on_odd` is given the item that cannot be read, and why; without it, such an item raises. A
        list that ends before its announced end, or never, raises ListIncomplete.
        """
        return self._items("users", read_user, on_odd)

    def devices(self, *, on_odd: OnOdd | None = None) -> AsyncGenerator[DeviceItem, None]:
        """Yield every device like `users`; some fields come only with `device`."""
        return self._items("devices", read_device, on_odd)

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
            failure = web_error(error, host=self.host, timeout=self.timeout)
            raise await explained(failure, self.origin) from None
        self._check(response, body)
        return self._read_page(self._decoded(response, body))

    async def _items(
        self,
        resource: str,
        read: Callable[[Json], T],
        on_odd: OnOdd | None,
        *,
        whole: bool = True,
    ) -> AsyncGenerator[T, None]:
        """`whole`: a list that ends too soon is an error, since absence from it means something."""
        path = f"{ROOT}/{resource}?page=1&pm={self.page_multiplier}"
        seen: set[str] = set()
        progress = ListProgress(resource)
        while path:
            seen.add(path)
            page = await self.page(path)
            complaint = progress.take(
                [_identity(item) for item in page.items],
                announced=page.total,
                goes_on=bool(page.next) and page.next not in seen,
            )
            if complaint:
                raise self._incomplete(complaint)
            for position, item in enumerate(page.items, start=1):
                try:
                    value = read(item)
                except KeyError as missing:
                    odd = _describe_odd(resource, len(seen), position, item, missing)
                    if on_odd is None:
                        raise self._unreadable(odd) from None
                    on_odd(odd)
                else:
                    yield value
            path = page.next
            if path in seen:
                raise self._unreadable(f"The list of {resource} leads back to {path}.")
        if whole and (complaint := progress.finish()):
            raise self._incomplete(complaint)

    async def _get(self, url: str) -> tuple[httpx.Response, bytes]:
        async with self._client.stream("GET", url) as response:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise self._unreadable(
                        f"The answer is larger than {LARGEST_ANSWER // 1024**2} MiB, too large to "
                        "be a page of a list."
                    )
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

    def _decoded(self, response: httpx.Response, body: bytes) -> str:
        """JSON is UTF-8, unless the answer says that it is something else."""
        charset = response.charset_encoding or "utf-8"
        try:
            return body.decode("utf-8-sig" if charset.casefold() == "utf-8" else charset)
        except (UnicodeDecodeError, LookupError) as error:
            at = f", byte {error.start:,}" if isinstance(error, UnicodeDecodeError) else ""
            raise self._unreadable(
                f"The answer is not in the character set {charset}{at}.",
                remedy="Let Domino's web site answer in UTF-8 (“Use UTF-8 for output”).",
            ) from None

    def _read_page(self, body: str) -> Page:
        try:
            envelope = json.loads(body)
        except json.JSONDecodeError as error:
            if body.lstrip()[:1] in ("{", "[") and _is_cut(body, error):
                raise self._unreadable(
                    f"The answer breaks off after {len(body):,} characters, within its JSON.",
                    remedy="Try again; else look at the server's log, and at a proxy in between.",
                ) from None
            raise self._unreadable("The answer is not JSON.") from None
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

    def _incomplete(self, message: str) -> errors.ListIncomplete:
        return errors.ListIncomplete(message, host=self.host)

    def _unreadable(self, message: str, *, remedy: str = NOT_TRAVELER) -> errors.AnswerUnreadable:
        return errors.AnswerUnreadable(message, host=self.host, remedy=remedy)


ITEM_MARKS = ("domino_name", "username", "deviceid", "href")


def _is_cut(body: str, error: json.JSONDecodeError) -> bool:
    """Whether the JSON was fine as far as it came."""
    return error.pos >= len(body.rstrip()) - 1 or error.msg.startswith("Unterminated string")


def _identity(item: Json) -> Hashable:
    """What a list item is known by, before it is read: any two of these may be missing."""
    return tuple(text(item.get(key)) for key in ITEM_MARKS)


def _describe_odd(resource: str, page: int, position: int, item: Json, missing: KeyError) -> str:
    """Which item it is, by what it does say of itself."""
    shown = (f"{key} {text(item[key])[:80]}" for key in ITEM_MARKS if text(item.get(key)).strip())
    marks = ", ".join(shown) or "nothing it could be known by"
    return f"Item {position} on page {page} of {resource} lacks {missing}; it has {marks}."


STATUS_ERRORS: dict[int, type[errors.GatewayError]] = {
    HTTPStatus.UNAUTHORIZED: errors.LoginRefused,
    HTTPStatus.FORBIDDEN: errors.RightsMissing,
    HTTPStatus.SERVICE_UNAVAILABLE: errors.ServerBusy,
}
