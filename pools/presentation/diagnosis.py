"""Why a device does not sync, in one plain sentence, from facts that the console has.

What the vendor leaves undocumented (the codes of a wipe, for one) is shown as a fact beside the
sentence and concluded from by nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pools.domain.attention import Tone
from pools.domain.durations import in_words
from pools.models import Device
from pools.presentation.server_state import StateWord

DENIED, PROHIBITED = 1, 2  # access_status, domain.md 3.1
APPROVAL_PENDING, APPROVAL_DENIED = 1, 8  # approval_policy
CLIENT_NOT_SUPPORTED, NOT_COMPLIANT = 1, 2  # policy_compliance
# The server itself calls a device inactive after this long (domain.md 7).
INACTIVE_AFTER = timedelta(hours=24)
# Ours: who has not synced for so long has another device by now, more likely than a fault.
UNUSED_AFTER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Serving:
    """Who serves a user: the master server's state, and the states of all that could.

    `mail_file_closed`: a server has just said that it has no rights to the user's mail file.
    """

    master: str
    master_state: StateWord | None
    all_states: Sequence[StateWord]
    mail_file_closed: bool = False

    @property
    def nobody_available(self) -> bool:
        return bool(self.all_states) and all(word.tone == "bad" for word in self.all_states)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`tone` of the last sync's shape, and the sentence."""

    tone: Tone
    sentence: str


def diagnose(device: Device, *, serving: Serving, now: datetime) -> Diagnosis:
    """The first cause that holds, the most certain first; without one, what to look at next."""
    if device.gone_at is not None:
        return Diagnosis(
            "unknown",
            "The server no longer lists this device. If it connects again, it comes back.",
        )
    return (
        _refused(device)
        or _unused(device, now)
        or _server_side(device, serving, now)
        or _user_side(device, now, mail_file_closed=serving.mail_file_closed)
    )


def _refused(device: Device) -> Diagnosis | None:
    if device.access_status == DENIED:
        return Diagnosis("bad", "It does not sync because access is denied for this device.")
    if device.access_status == PROHIBITED:
        return Diagnosis("bad", "It does not sync because this device is prohibited.")
    if device.approval_policy == APPROVAL_PENDING:
        return Diagnosis(
            "warn",
            "It does not sync yet: it waits for approval. An administrator approves it in the "
            "Device Security view of Traveler.",
        )
    if device.approval_policy == APPROVAL_DENIED:
        return Diagnosis("bad", "It does not sync because its approval was denied.")
    return None


def _unused(device: Device, now: datetime) -> Diagnosis | None:
    if device.last_sync_at is None or not is_unused(device, now):
        return None
    quiet = in_words((now - device.last_sync_at).total_seconds())
    return Diagnosis("unknown", f"Probably no longer in use: it has not synced for {quiet}.")


def _server_side(device: Device, serving: Serving, now: datetime) -> Diagnosis | None:
    if serving.nobody_available:
        who = (
            "none of its servers is available"
            if len(serving.all_states) > 1
            else ("its server is unavailable")
        )
        return Diagnosis("bad", f"It cannot sync now: {who}. The administrators see this too.")
    if is_recent(device, now) or serving.master_state is None:
        return None
    if serving.master_state.tone == "bad":
        return Diagnosis(
            "bad",
            f"Its server {serving.master} is {serving.master_state.word}. Another server of the "
            "pool takes over when the device next connects.",
        )
    if serving.master_state.word == "constrained":
        return Diagnosis(
            "warn",
            f"Its server {serving.master} is constrained and answers new syncs “busy”. The device "
            "tries again by itself.",
        )
    return None


def _user_side(device: Device, now: datetime, *, mail_file_closed: bool) -> Diagnosis:
    if device.last_sync_at is None:
        return Diagnosis(
            "warn", "It is registered but has never synced. Its set-up was probably not finished."
        )
    quiet = in_words((now - device.last_sync_at).total_seconds())
    if is_recent(device, now):
        return Diagnosis("good", f"Works: it synced {quiet} ago.")
    if mail_file_closed:
        return Diagnosis(
            "bad",
            f"It has not synced for {quiet}, and the server has no access rights to this user's "
            "mail file. The administrators of the mail server give them.",
        )
    nothing = f"It has not synced for {quiet}, and nothing on the server's side explains it"
    if device.policy_compliance == NOT_COMPLIANT:
        return Diagnosis(
            "bad", f"It has not synced for {quiet}. It does not comply with the device policy."
        )
    if device.policy_compliance == CLIENT_NOT_SUPPORTED:
        return Diagnosis(
            "bad",
            f"It has not synced for {quiet}. Its client does not support the device policy.",
        )
    return Diagnosis("bad", f"{nothing}: look at the device (network, battery, account password).")


def is_unused(device: Device, now: datetime) -> bool:
    """Silent for so long that it is probably no longer in use."""
    return device.last_sync_at is not None and now - device.last_sync_at >= UNUSED_AFTER


def is_recent(device: Device, now: datetime) -> bool:
    """Synced within the time after which the server calls a device inactive."""
    return device.last_sync_at is not None and now - device.last_sync_at < INACTIVE_AFTER
