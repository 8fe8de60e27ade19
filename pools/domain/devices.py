"""Devices in words: model, system and the codes of `/api/traveler/devices` (domain.md 3.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_APPLE = re.compile(
    r"Apple-(?P<family>[A-Za-z]+?)(?:(?P<major>\d+)C(?P<minor>\d+))?"
    r"(?:/(?P<build>\d{3,4})\.(?P<number>\d+))?",
    re.ASCII,
)

# Apple's build 16G77 comes as 1607.77: two last digits for the letter. Apple's builds 8 to 22 are
# iOS 4 to 18; other builds are shown without a version.
_IOS_BUILDS = range(8, 23)
_IOS_OFFSET = 4
_LETTERS = 26

ACCESS = {0: "allowed", 1: "denied", 2: "prohibited"}
APPROVAL = {
    0: "not set",
    1: "pending",
    2: "approved by an administrator",  # a guess: the only value between the documented ones
    4: "approved automatically",
    8: "denied",
    16: "not required",
}
COMPLIANCE = {
    0: "no policy",
    1: "client not supported",
    2: "not compliant",
    3: "compliant (limited)",
    4: "compliant",
    5: "unavailable",
    6: "pending",
}
NOTIFICATION = {0: "none", 1: "SMS", 2: "TCP", 4: "HTTP", 8: "ActiveSync"}


@dataclass(frozen=True, slots=True)
class DeviceModel:
    """name: readable. system: '' when the type does not say it. reported: the raw type."""

    name: str
    system: str
    reported: str

    def __str__(self) -> str:
        return f"{self.name}, {self.system}" if self.system else self.name


def read_device_type(device_type: str, provider: str = "") -> DeviceModel:
    """Make `Apple-iPhone7C1/1607.77` readable; what is not understood stays as reported.

    provider: `device_provider` of the API, the name of other makers' devices.
    """
    reported = device_type.strip()
    match = _APPLE.fullmatch(reported)
    if match is None:
        return DeviceModel(provider.strip() or reported or "unknown device", "", reported)
    name = match["family"]
    if match["major"]:
        name += f" ({match['family']}{match['major']},{match['minor']})"
    return DeviceModel(name, _ios(match["build"], match["number"]), reported)


def access_words(code: int | None) -> str:
    """Put an access_status into words."""
    return _words(ACCESS, code)


def approval_words(code: int | None) -> str:
    """Put an approval_policy into words."""
    return _words(APPROVAL, code)


def compliance_words(code: int | None) -> str:
    """Put a policy_compliance into words."""
    return _words(COMPLIANCE, code)


def notification_words(code: int | None) -> str:
    """Put a notification_type into words."""
    return _words(NOTIFICATION, code)


def _words(meanings: dict[int, str], code: int | None) -> str:
    return "not known" if code is None else meanings.get(code, f"code {code}")


def _ios(build: str | None, number: str | None) -> str:
    if build is None:
        return ""
    train, letter = divmod(int(build), 100)
    if not 1 <= letter <= _LETTERS:
        return ""
    label = f"build {train}{chr(ord('A') + letter - 1)}{number}"
    return f"iOS {train - _IOS_OFFSET} ({label})" if train in _IOS_BUILDS else label
