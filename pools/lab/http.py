"""What a Traveler host serves over HTTP: administration API, `/traveler`, device sync.

Envelope, paging and names of `/api/traveler` are those of domain.md 3.1; the form of a sync is
the lab's own.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pools.lab.database import StoreUnavailable
from pools.lab.device_sync import FORWARDED_BY
from pools.lab.store import DeviceRequest, DeviceRow, StoreServerRow, UserRow
from pools.lab.traveler import TravelerNotRunning

if TYPE_CHECKING:
    from starlette.requests import Request

    from pools.lab.device_sync import DeviceSync
    from pools.lab.directory import Accounts
    from pools.lab.traveler import TravelerTask

API = "/api/traveler"
PAGE_SIZE = 10
SYNC_PATHS = (
    "/traveler/sync",
    "/traveler/Microsoft-Server-ActiveSync",
    "/servlet/traveler/Microsoft-Server-ActiveSync",
    "/Microsoft-Server-ActiveSync",
)
NOT_AVAILABLE = "Traveler server is not available"

Item = dict[str, Any]
Respond = Callable[["Request"], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class WebApplication:
    """The handlers of one host."""

    traveler: TravelerTask
    devices: DeviceSync
    accounts: Accounts

    def build(self) -> Starlette:
        administration = {
            "users": self.list_users,
            "devices": self.list_devices,
            "servers": self.list_servers,
        }
        show, sync = self._device(self.show_availability), self._device(self.sync)
        routes = [Route(path, show) for path in ("/traveler", "/servlet/traveler")]
        routes += [Route(path, sync, methods=["POST"]) for path in SYNC_PATHS]
        for noun, items in administration.items():
            path = f"{API}/{noun}"
            page, detail = self._list_page(path, items), self._detail(path, items)
            routes.append(Route(path, self._administrator(page)))
            routes.append(Route(f"{path}/{{key:path}}", self._administrator(detail)))
        return Starlette(routes=routes)

    # Administration API

    async def list_users(self) -> list[Item]:
        users = await self.traveler.thread.run(self.traveler.store.users)
        return [_item("users", [user.username], _user_fields(user)) for user in users]

    async def list_devices(self) -> list[Item]:
        devices = await self.traveler.thread.run(self.traveler.store.devices)
        return [
            _item("devices", [device.device_id, device.username], _device_fields(device))
            for device in devices
        ]

    async def list_servers(self) -> list[Item]:
        now = datetime.now(UTC)
        return [
            _item(
                "servers", [row.domino_name], _server_fields(row, self.traveler.is_alive(row, now))
            )
            for row in await self.traveler.members()
        ]

    def _list_page(self, path: str, items: Callable[[], Awaitable[list[Item]]]) -> Respond:
        async def respond(request: Request) -> Response:
            try:
                page = max(1, int(request.query_params.get("page", "1")))
                multiplier = max(1, int(request.query_params.get("pm", "1")))
            except ValueError:
                return _envelope(400, "page and pm are numbers", path, [])
            everything = await items()
            size = PAGE_SIZE * multiplier
            end = page * size
            following = f"{path}?page={page + 1}&pm={multiplier}"
            return _envelope(
                200,
                "OK",
                f"{path}?page={page}&pm={multiplier}",
                everything[end - size : end],
                totalRecords=str(len(everything)),
                **({"next": following} if end < len(everything) else {}),
            )

        return respond

    def _detail(self, path: str, items: Callable[[], Awaitable[list[Item]]]) -> Respond:
        async def respond(request: Request) -> Response:
            wanted = request.scope["raw_path"].decode("ascii")
            for item in await items():
                if item["href"] == wanted:
                    return _envelope(200, "OK", wanted, item)
            return _envelope(404, "There is no such resource", path, {})

        return respond

    # Devices

    async def show_availability(self, _request: Request) -> Response:
        available = self.traveler.running and not self.traveler.drained
        return PlainTextResponse("Traveler server is available" if available else NOT_AVAILABLE)

    async def sync(self, request: Request) -> Response:
        query = request.query_params
        try:
            wanted = DeviceRequest(
                username=query["User"],
                device_id=query["DeviceId"],
                device_type=query.get("DeviceType", ""),
                anchor=int(query.get("Anchor", "0")),
            )
        except (KeyError, ValueError):
            return PlainTextResponse("User and DeviceId are needed; Anchor is a number", 400)
        answer = await self.devices.sync(wanted, forwarded=FORWARDED_BY in request.headers)
        body = {
            "anchor": answer.anchor,
            "sync": answer.kind,
            "served_by": answer.served_by,
            "forwarded": answer.forwarded,
            "reason": answer.reason,
        }
        return _json(answer.status, body)

    # Access

    def _administrator(self, respond: Respond) -> Respond:
        """Needs the administrator's account; any other known one lacks the role."""

        async def guarded(request: Request) -> Response:
            user, password = _credentials(request)
            if (user, password) == (self.accounts.api_user, self.accounts.api_password):
                return await self._answer(respond, request)
            if password == self.accounts.device_password:
                return _envelope(403, "The Traveler administrator role is needed", API, {})
            return _unauthorized()

        return guarded

    def _device(self, respond: Respond) -> Respond:
        """Any user name with the password that all devices of the lab share."""

        async def guarded(request: Request) -> Response:
            _, password = _credentials(request)
            if password != self.accounts.device_password:
                return _unauthorized()
            return await self._answer(respond, request)

        return guarded

    async def _answer(self, respond: Respond, request: Request) -> Response:
        if "hang-http" in self.traveler.files.active_faults():
            await asyncio.Event().wait()
        try:
            return await respond(request)
        except (TravelerNotRunning, StoreUnavailable):
            return PlainTextResponse(NOT_AVAILABLE, 503)


def _credentials(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def _unauthorized() -> Response:
    challenge = {"WWW-Authenticate": 'Basic realm="Domino"'}
    return PlainTextResponse("Authentication is needed", 401, headers=challenge)


def _envelope(code: int, message: str, href: str, data: object, **more: str) -> Response:
    return _json(code, {"code": code, "message": message, "href": href, **more, "data": data})


def _json(status: int, body: dict[str, Any]) -> Response:
    """Slashes are escaped, as real servers send them; a reader of JSON does not notice."""
    text = json.dumps(body, ensure_ascii=False).replace("/", "\\/")
    return Response(text, status, media_type="application/json")


def _item(noun: str, key: list[str], fields: Item) -> Item:
    path = "/".join(quote(part, safe="") for part in key)
    return fields | {"href": f"{API}/{noun}/{path}"}


def _user_fields(user: UserRow) -> Item:
    return {
        "username": user.username,
        "internet_address": user.internet_address,
        "mail_server": user.mail_server,
        "mail_file": user.mail_file,
        "master_server": user.master_server or "",
    }


def _device_fields(device: DeviceRow) -> Item:
    fields = asdict(device)
    fields["deviceid"] = fields.pop("device_id")
    return {
        name: _milliseconds(value) if isinstance(value, datetime) else value
        for name, value in fields.items()
    }


def _server_fields(row: StoreServerRow, alive: bool) -> Item:
    return {
        "availability_index": row.availability_index,
        "domino_name": row.domino_name,
        "heart_beat": _milliseconds(row.heart_beat) if row.heart_beat else 0,
        "hostname": row.host_name,
        "ip_address": row.ip_address,
        "number_of_users": row.number_of_users,
        "port": row.servlet_port,
        "server_status": "Available" if alive else "Unavailable",
    }


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
