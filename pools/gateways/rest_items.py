"""What `/api/traveler` lists, as typed values (domain.md 3.1).

Numbers come as numbers or as text, times as epoch milliseconds. Codes nobody has documented are
kept as they are, and fields we do not know are kept in `other`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

Json = Mapping[str, object]
Fields = tuple[tuple[str, str], ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class ServerItem:
    """One pool member. heart_beat is when it was last alive, by its own clock."""

    domino_name: str
    hostname: str = ""
    ip_address: str = ""
    port: int | None = None
    availability_index: int | None = None
    number_of_users: int | None = None
    server_status: str = ""
    heart_beat: datetime | None = None
    href: str = ""
    other: Fields = ()


@dataclass(frozen=True, slots=True)
class UserItem:
    """One Traveler user. Only the name is certain: the item's fields are not documented."""

    username: str
    href: str = ""
    other: Fields = ()


@dataclass(frozen=True, slots=True)
class DeviceItem:
    """One device; `pools.domain.devices` puts its codes into words."""

    username: str
    deviceid: str
    device_provider: str = ""
    device_type: str = ""
    device_level: str = ""
    notification_type: int | None = None
    last_sync_time: datetime | None = None
    access_status: int | None = None
    approval_policy: int | None = None
    approval_date: datetime | None = None
    approver_ids: str = ""
    policy_compliance: int | None = None
    requested_wipe_options: str = ""
    wipe_request_status: str = ""
    wipe_types_supported: str = ""
    wipe_action_date: datetime | None = None
    sms_address: str = ""
    href: str = ""
    other: Fields = ()


def read_server(item: Json) -> ServerItem:
    """Read a server item; KeyError without a name."""
    return ServerItem(
        domino_name=_name(item, "domino_name"),
        hostname=text(item.get("hostname")),
        ip_address=text(item.get("ip_address")),
        port=small_integer(item.get("port")),
        availability_index=small_integer(item.get("availability_index")),
        number_of_users=count(item.get("number_of_users")),
        server_status=text(item.get("server_status")),
        heart_beat=moment(item.get("heart_beat")),
        href=link(item.get("href")),
        other=_other(item, ServerItem),
    )


def read_user(item: Json) -> UserItem:
    """Read a user item; KeyError without a name."""
    return UserItem(
        username=_name(item, "username"),
        href=link(item.get("href")),
        other=_other(item, UserItem),
    )


def read_device(item: Json) -> DeviceItem:
    """Read a device item of the list or the detail resource; KeyError without user or id."""
    return DeviceItem(
        username=_name(item, "username"),
        deviceid=_name(item, "deviceid"),
        device_provider=text(item.get("device_provider")),
        device_type=text(item.get("device_type")),
        device_level=text(item.get("device_level")),
        notification_type=small_integer(item.get("notification_type")),
        last_sync_time=moment(item.get("last_sync_time")),
        access_status=small_integer(item.get("access_status")),
        approval_policy=small_integer(item.get("approval_policy")),
        approval_date=moment(item.get("approval_date")),
        approver_ids=text(item.get("approver_ids")),
        policy_compliance=small_integer(item.get("policy_compliance")),
        requested_wipe_options=text(item.get("requested_wipe_options")),
        wipe_request_status=text(item.get("wipe_request_status")),
        wipe_types_supported=text(item.get("wipe_types_supported")),
        wipe_action_date=moment(item.get("wipe_action_date")),
        sms_address=text(item.get("sms_address")),
        href=link(item.get("href")),
        other=_other(item, DeviceItem),
    )


def text(value: object) -> str:
    """Return a JSON value as text: '' for null, comma separated for a list.

    What JSON can spell and a database cannot keep (NUL, half a surrogate pair) is taken out.
    """
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(text(part) for part in value)
    return str(value).replace("\0", "").encode(errors="replace").decode()


def integer(value: object) -> int | None:
    """Return a number given as a number or as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


def small_integer(value: object) -> int | None:
    """Like `integer`, but None for what no column of 32 bits holds."""
    number = integer(value)
    return number if number is not None and -(2**31) <= number < 2**31 else None


def count(value: object) -> int | None:
    """Like `small_integer`, but None for fewer than none."""
    number = small_integer(value)
    return number if number is not None and number >= 0 else None


def moment(value: object) -> datetime | None:
    """Return epoch milliseconds as an aware time; None for 0, null and what no calendar holds."""
    milliseconds = integer(value)
    if not milliseconds:
        return None
    try:
        return _EPOCH + milliseconds * _MILLISECOND
    except OverflowError:
        return None


def link(value: object) -> str:
    """Return a link; its slashes may come escaped once more than JSON asks for."""
    return text(value).replace("\\/", "/")


def _name(item: Json, key: str) -> str:
    name = text(item.get(key)).strip()
    if not name:
        raise KeyError(key)
    return name


def _other(item: Json, known: type[ServerItem | UserItem | DeviceItem]) -> Fields:
    names = {field.name for field in fields(known)}
    return tuple((key, text(value)) for key, value in item.items() if key not in names)
