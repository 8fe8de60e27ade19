"""Faults that can be switched on for one host, to see what the console makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pools.lab.directory import HostEntry, LabDirectory

FAULTS: dict[str, str] = {
    "hang-ssh": "Commands over SSH never answer; SFTP goes on.",
    "hang-http": "HTTP requests are taken and never answered.",
    "fail-commands": "Every command over SSH ends with exit status 1.",
    "fail-start": "The Traveler task does not start.",
    "fail-transfer": "The server's own transfer of its data into a pool fails half-way.",
    "fail-stop": "`domino stop` does not stop the server.",
    "constrained": "The availability index is -50: new syncs get 503.",
    "yellow": "The overall status is Yellow, for disk space.",
    "red": "The overall status is Red, for a thread that hangs.",
}


def set_fault(lab: LabDirectory, entry: HostEntry, fault: str, *, active: bool) -> None:
    """Takes effect at the host's next request; it outlives a restart."""
    file = lab.faults_file(entry)
    file.parent.mkdir(parents=True, exist_ok=True)
    faults = set(file.read_text(encoding="utf-8").split()) if file.exists() else set()
    faults = faults | {fault} if active else faults - {fault}
    file.write_text("\n".join(sorted(faults)), encoding="utf-8")
