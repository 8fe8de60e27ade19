"""Generates the people of a store: users, devices, documents, attachments. Pure and repeatable.

The same seed and population give the same rows, byte for byte. The data are meant to be awkward
where real ones are: umlauts and other scripts, the longest names the columns take, empty text
beside NULL, files of no bytes. There are no NUL characters in text.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from pools.store import models as store

if TYPE_CHECKING:
    from django.db.models import Model

    from pools.lab.scenario import Population

Row = tuple[Any, ...]

FIRST_NAMES = (
    "Anna", "Björn", "Chloé", "Dmitri", "Élise", "Fatma", "Günther", "Håkon", "Inés", "Jörg",
    "Kaoru", "Łucja", "Márton", "Noël", "Øystein", "Paul", "Qiang", "Renée", "Søren", "Tomáš",
    "Ümit", "Valérie", "Wolfgang", "Xenia", "Yōko", "Zoë", "Mary", "Joe", "Priya", "Ahmed",
)  # fmt: skip
LAST_NAMES = (
    "Andersson", "Bäcker", "Castaño", "Dvořák", "Esposito", "Fußmann", "García", "Höß", "Ivanova",
    "Jørgensen", "Kowalczyk", "Löwe", "Müller", "Núñez", "O'Connor", "Petrović", "Quinn",
    "Rössler", "Şahin", "Tester", "Ueda", "Vogel", "Weiß", "Xu", "Yılmaz", "Zając", "田中", "山田",
    "Smith-Jones", "van der Berg", "Papadopoulos-Konstantinidis", "McKay", "Lindström", "Okafor",
)  # fmt: skip
DEPARTMENTS = ("Sales", "Vertrieb", "IT", "Legal", "Forschung", "HR")
MODELS = (
    ("Apple iPhone", "Apple-iPhone14C2/2001.405", "Appl", None, 8),
    ("Apple iPad", "Apple-iPad13C4/1907.78", "Appl", None, 8),
    ("HCL Verse", "Android-Pixel8/14", "Android_", "14.0.8.202601150911", 4),
    ("HCL Verse", "SAMSUNG-SM-S911B/13", "Android_", "14.0.6.202506300722", 4),
    ("HCL Verse", "iOS-iPhone15C3/17.5", "Verse_", "14.5.1.202607010345", 4),
    ("Microsoft Outlook", "WindowsOutlook15", "HTMO", None, 8),
)
FOLDERS = (
    ("inbox", "Inbox"), ("sent", "Sent"), ("calendar", "Calendar"), ("contacts", "Contacts"),
    ("projekte", "Projekte/Übersicht & Pläne"),
)  # fmt: skip
SUBJECTS = (
    "Angebot für Müller & Söhne", "Re: minutes of Tuesday", "会議の件", "Urlaub 🏖️ ab Montag",
    "Fwd: Fwd: invoice 4711", "", None, "„Zitat“ und 'Apostroph', Komma; Strichpunkt",
)  # fmt: skip
BEGIN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
LONGEST_TEXT = 254
DENIED_EVERY = 97
LONG_SUBJECT_EVERY = 1009


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """What a device itself knows: whose it is, and the anchor of its last sync."""

    username: str
    device_id: str
    provider: str
    device_type: str
    anchor: int


def user_name(person: int, organization: str) -> str:
    """The canonical name of one person; different for each number."""
    count = len(FIRST_NAMES) * len(LAST_NAMES)
    # 7919 is prime to the count, so neighbours look unlike and none meet.
    first, last = divmod(person % count * 7919 % count, len(LAST_NAMES))
    number = f" {person // count + 1}" if person >= count else ""
    department = DEPARTMENTS[person % len(DEPARTMENTS)]
    return f"CN={FIRST_NAMES[first]} {LAST_NAMES[last]}{number}/OU={department}/O={organization}"


def device_identities(
    population: Population, organization: str, seed: int
) -> Iterator[DeviceIdentity]:
    """The devices in the order of their rows; every user has one while they last."""
    for number in range(population.devices):
        person = population.first_person + number % population.users
        model = MODELS[(person + number) % len(MODELS)]
        random = Random(f"{seed}:device:{person}:{number}")
        device_id = f"{model[2]}{random.getrandbits(64):016X}"
        anchor = zlib.crc32(device_id.encode()) % 900 + 1
        yield DeviceIdentity(user_name(person, organization), device_id, model[0], model[1], anchor)


def is_denied(number: int) -> bool:
    """Whether an administrator has denied access to the device with this number."""
    return (number + 1) % DENIED_EVERY == 0


class People:
    """All rows of one store, table by table, each row in the order of the model's columns."""

    def __init__(
        self, population: Population, *, organization: str, seed: int, settings_owner: str
    ) -> None:
        self.population = population
        self.organization = organization
        self.seed = seed
        self.settings_owner = settings_owner
        self.devices = list(device_identities(population, organization, seed))

    def tables(self) -> Iterator[tuple[type[Model], Iterator[Row]]]:
        """Every table that has rows, smallest first."""
        yield store.Setting, self._settings()
        yield store.StoreUser, self._users()
        yield store.Device, self._devices()
        yield store.SecRecord, self._sec_records()
        yield store.FolderState, self._folder_states()
        yield store.Attachment, self._attachments()
        yield store.DocState, self._doc_states()

    def _random(self, table: str) -> Random:
        return Random(f"{self.seed}:{table}:{self.population.first_person}")

    def _settings(self) -> Iterator[Row]:
        yield from default_settings(self.settings_owner, BEGIN)
        for device in self.devices[:: max(1, len(self.devices) // 20)]:
            yield (
                device.username,
                f"signature:{device.device_id}",
                "Viele Grüße\n-- \n☎ 0123",
                BEGIN,
            )

    def _users(self) -> Iterator[Row]:
        random = self._random("users")
        for number in range(self.population.users):
            person = self.population.first_person + number
            name = user_name(person, self.organization)
            common = name.removeprefix("CN=").partition("/")[0]
            display = (common, "", None, (common + " ") * 60)[min(number % 23, 3)]
            yield (
                name,
                f"person{person}@{self.organization.lower()}.example",
                f"CN=mail{person % 3 + 1}/O={self.organization}",
                f"mail/p{person:06}.nsf",
                display[:LONGEST_TEXT].rstrip() if display else display,
                None,
                None,
                None,
                None,
                BEGIN + timedelta(seconds=random.randrange(10**7)),
            )

    def _devices(self) -> Iterator[Row]:
        random = self._random("devices")
        for number, device in enumerate(self.devices):
            model = next(model for model in MODELS if model[1] == device.device_type)
            denied = is_denied(number)
            synced = BEGIN + timedelta(microseconds=random.randrange(10**13))
            yield (
                device.username,
                device.device_id,
                device.provider,
                device.device_type,
                model[3],
                model[4],
                1 if denied else 0,
                4,
                BEGIN,
                None,
                random.choice((0, 4, 4, 3)),
                0,
                0,
                7 if model[3] else 1,
                None,
                f"+49170{random.randrange(10**7):07}" if number % 11 == 0 else None,
                device.anchor,
                synced,
                BEGIN,
            )

    def _sec_records(self) -> Iterator[Row]:
        for device in self.devices[DENIED_EVERY - 1 :: DENIED_EVERY]:
            administrator = f"CN=Admin/O={self.organization}"
            yield device.username, device.device_id, 1, 0, administrator, BEGIN, "Gerät gestohlen"

    def _folder_states(self) -> Iterator[Row]:
        random = self._random("folder_state")
        for device in self.devices:
            for folder, name in FOLDERS:
                synced = BEGIN + timedelta(microseconds=random.randrange(10**13))
                days = random.choice((None, 7, 14))
                key = random.randrange(1, 10**9)
                yield device.username, device.device_id, folder, name, key, days, synced

    def _attachments(self) -> Iterator[Row]:
        random = self._random("attachments")
        for number in range(self.population.documents // 200):
            device = self.devices[number % len(self.devices)]
            size = self._attachment_size(number, random)
            content = None if size is None else random.randbytes(size)
            yield (
                device.username,
                f"{random.getrandbits(128):032X}",
                number % 3 + 1,
                f"Anlage {number} – Überblick.pdf",
                "application/pdf" if number % 7 else None,
                size or 0,
                content,
                BEGIN + timedelta(seconds=number),
            )

    @staticmethod
    def _attachment_size(number: int, random: Random) -> int | None:
        """Now and then not fetched (None), empty or big; mostly ordinary."""
        rare = {0: None, 1: 0, 2: 700_000}
        kind = number % 50
        return rare[kind] if kind in rare else random.randrange(1, 32_768)

    def _doc_states(self) -> Iterator[Row]:
        random = self._random("doc_state")
        for number in range(self.population.documents):
            device = self.devices[number % len(self.devices)]
            subject = SUBJECTS[random.randrange(len(SUBJECTS))]
            if (number + 1) % LONG_SUBJECT_EVERY == 0:
                subject = "ß" * LONGEST_TEXT
            yield (
                device.username,
                device.device_id,
                f"{random.getrandbits(128):032X}",
                FOLDERS[number % len(FOLDERS)][0],
                subject,
                number % 4,
                random.randrange(1, 2**31),
                random.randrange(2**40),
                random.randbytes(20) if number % 5 else None,
                BEGIN + timedelta(microseconds=random.randrange(2 * 10**13)),
            )


def default_settings(owner: str, now: datetime) -> Iterator[Row]:
    """The default device settings, which the first server of a pool creates."""
    defaults = {
        "Mail/FilterDays": "7",
        "Calendar/FilterDays": "14",
        "Security/RequirePassword": "1",
        "Security/AutoApprovedDevices": "3",
        "Security/ApprovalAddress": "",
        "Mail/Disclaimer": None,
    }
    for name, content in defaults.items():
        yield owner, name, content, now
