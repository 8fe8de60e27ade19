from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pools.gateways.parsing.user import parse
from tests.pools.gateways.parsing.rendering import PREFIXES, printed

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
