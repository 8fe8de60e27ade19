from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.gateways.parsing.user import parse
from tests.pools.gateways.parsing.rendering import PREFIXES, printed

WORD_NAMES = st.sampled_from(["No", "Not", "Disabled", "Cannot", "Has", "Is", "Denied", "Ada"])

ANSWER = [
    "CN=Traveler/O=Acme has access rights to the mail file mail/ada.nsf.",
    "Monitoring of the mail file is disabled.",
    "Encrypted mail is not possible: the Notes ID is not in the mail file.",
    "Canonical Name: CN=Ada Byron/O=Acme",
    "Internet Address: ada@acme.example",
    "Master Server: CN=trav1/O=Acme",
    "Master Server Locked: 11/22/2026 10:15:02 AM",
    "Shoe Size: 38",
    "Device ID: ApplABC123",
    "Auto Sync Change Flags: mail,calendar",
    "Device ID: Android_9",
    "Auto Sync Change Flags: none",
    "Bye",
]


@given(st.sampled_from(PREFIXES), st.booleans())
def test_a_whole_answer_is_read(prefix: str, noise: bool) -> None:
    read = parse(printed(ANSWER, prefix, noise=noise))
    assert (read.mail_access, read.monitoring, read.encrypted_mail) == (True, False, False)
    assert read.sentences == tuple(ANSWER[:3])
    assert read.canonical_name == "CN=Ada Byron/O=Acme"
    assert read.internet_address == "ada@acme.example"
    assert read.master_server == "CN=trav1/O=Acme"
    assert read.master_server_locked == "11/22/2026 10:15:02 AM"
    assert read.other == (("Shoe Size", "38"),)
    assert [device.device_id for device in read.devices] == ["ApplABC123", "Android_9"]
    assert read.devices[0].fields == (("Auto Sync Change Flags", "mail,calendar"),)
    assert read.unread == ("Bye",)


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    parse(text)


@pytest.mark.parametrize(
    ("sentence", "access"),
    [
        # Case 09: a person called No, whose file is called so as well.
        ("Traveler has access to the mail file mail/no.nsf of CN=Min No/O=Example.", True),
        ("Traveler has no access to the mail file mail/no.nsf of CN=Min No/O=Example.", False),
        ("Traveler has access to the mail file of Min No/Example.", True),
        ('Traveler has access to the mail file "not mine.nsf" of Ada/Acme.', True),
        (r"Traveler has access to the mail file mail\\not\\no.nsf.", True),
        ("Traveler has not access rights to the mail file mail/ada.nsf.", False),
        ("Traveler does not currently have access to the mail file.", False),
        ("CN=trav1/O=No Corp cannot access the mail file.", False),
        ("CN=Min No/OU=No/O=Example can access the mail file mail/min.nsf.", True),
        ("Access to the mail file of Ada is denied.", False),
        ("Without a replica there is access to the mail file.", None),
    ],
)
def test_a_negation_is_no_name_and_no_path(sentence: str, access: bool | None) -> None:
    assert parse(sentence).mail_access is access


def test_a_person_called_no_is_monitored() -> None:
    read = parse(
        "Traveler has access to the mail file of Min No.\n"
        "Monitoring of mail/no.nsf for CN=Min No/O=Example is enabled.\n"
        "Canonical Name: CN=Min No/O=Example\n"
    )
    assert (read.mail_access, read.monitoring) == (True, True)


@given(WORD_NAMES, WORD_NAMES, st.booleans())
def test_whatever_a_person_is_called_the_verdict_stays(one: str, two: str, yes: bool) -> None:
    name = f"CN={one} {two}/O={two}"
    has = "has" if yes else "has not"
    read = parse(
        f"{name} {has} access rights to the mail file mail/{one}.nsf.\n"
        f"Monitoring of the mail file for {name} is {'enabled' if yes else 'disabled'}.\n"
        f"Canonical Name: {name}\n"
    )
    assert (read.mail_access, read.monitoring) == (yes, yes)


@pytest.mark.parametrize(
    "part",
    ["a", "“", '"', "CN=", "CN=a/", "a/", "a.", "access ", "mail file ", "monitoring ", "has "],
)
def test_a_line_of_200_kilobytes_is_read_in_linear_time(part: str) -> None:
    """Each took minutes where an attempt at every character looks on to the end of the line."""
    long = part * (200_000 // len(part))
    read = parse(f"There is access to the mail file {long}\n{long}\n")
    assert read.mail_access is True


@pytest.mark.parametrize(
    ("sentence", "access"),
    [
        ("CN=Ada has no access to the mail file.", False),
        ("“not “mine” is the mail file that has access.", True),
    ],
)
def test_a_name_ends_where_it_ends(sentence: str, access: bool | None) -> None:
    assert parse(sentence).mail_access is access
