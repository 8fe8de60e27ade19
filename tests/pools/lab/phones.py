"""Devices that sync with the servers of a lab."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from pools.lab.people import DeviceIdentity, device_identities
from tests.lab_fixture import RunningLab


@dataclass
class Phone:
    """A device with its memory."""

    lab: RunningLab
    identity: DeviceIdentity
    anchor: int

    def sync(self, host: str, timeout: float = 20) -> httpx.Response:
        response = httpx.post(
            f"{self.lab.host(host).base_url}/traveler/sync",
            params={
                "User": self.identity.username,
                "DeviceId": self.identity.device_id,
                "DeviceType": self.identity.device_type,
                "Anchor": self.anchor,
            },
            auth=(self.identity.device_id, self.lab.directory.accounts.device_password),
            timeout=timeout,
        )
        if response.status_code == httpx.codes.OK:
            self.anchor = response.json()["anchor"]
        return response

    def owner(self, host: str) -> str:
        answer = self.sync(host).json()
        assert answer["sync"] == "normal", answer
        served_by: str = answer["served_by"]
        return served_by


def phones_of(lab: RunningLab) -> Iterator[Phone]:
    """Phones of people whom no other test uses: traffic has the first twenty."""
    population = lab.directory.pool("Acme EU").population
    identities = list(device_identities(population, "Acme", lab.directory.seed))
    return (Phone(lab, identity, identity.anchor) for identity in identities[20:30])
