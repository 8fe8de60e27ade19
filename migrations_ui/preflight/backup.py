"""Checks of the backup, and of the room that it and a rollback need."""

from __future__ import annotations

from migrations_ui.preflight.facts import Facts
from migrations_ui.preflight.verdict import (
    Check,
    CheckVerdict,
    blocker,
    blocker_by_host,
    blocks_migration_only,
    not_seen,
    passed,
)

GROUP = "server"
WORKER_DISK = "disk"
# Staging, archive and private copy: each as large as the traveler folder, plus some room.
COPIES_ON_WORKER = 3
SPARE_BYTES = 256 * 1024 * 1024
GIGABYTE = 1024**3
# So many names are enough to see what they are.
LISTED = 10


def backup_possible(facts: Facts) -> CheckVerdict:
    if facts.host.has_traveler_nsf is None:
        return blocker_by_host(facts, "has_traveler_nsf")
    if not facts.host.has_traveler_nsf:
        return blocker(
            "There is no LotusTraveler.nsf in the data directory.",
            "Correct the data directory in the command profile of this server.",
        )
    return passed("LotusTraveler.nsf, notes.ini and the traveler folder can be read.")


def worker_has_room(facts: Facts) -> CheckVerdict:
    if facts.host.traveler_bytes is None:
        return not_seen(facts, "traveler_bytes")
    needed = facts.host.traveler_bytes * COPIES_ON_WORKER + SPARE_BYTES
    seen = (
        f"The traveler folder has {facts.host.traveler_bytes / GIGABYTE:,.2f} GB; the worker needs "
        f"{needed / GIGABYTE:,.2f} GB and has {facts.worker_free / GIGABYTE:,.2f} GB free"
    )
    if facts.worker_free < needed:
        return blocker(f"{seen}.", "Make room on the worker, or set LIFEGUARD_WORK_DIR elsewhere.")
    return passed(f"{seen}.")


def host_has_room(facts: Facts) -> CheckVerdict:
    """A rollback puts the backup's files beside those of the server before it replaces any."""
    if facts.host.disk_free is None:
        return not_seen(facts, "disk_free")
    needed = (facts.host.traveler_bytes or 0) + SPARE_BYTES
    seen = (
        f"The host has {facts.host.disk_free / GIGABYTE:,.2f} GB free beside its traveler folder; "
        f"a rollback needs up to {needed / GIGABYTE:,.2f} GB there"
    )
    if facts.host.disk_free < needed:
        return blocker(f"{seen}.", "Make room on that disk of the host, then check again.")
    return passed(f"{seen}.")


def backup_is_whole(facts: Facts) -> CheckVerdict:
    """What a backup cannot take along, a rollback could not bring back."""
    if facts.host.traveler_bytes is None:
        return blocker_by_host(facts, "traveler_bytes")
    if facts.host.not_copied:
        listed = ", ".join(facts.host.not_copied[:LISTED])
        return blocker(
            "The traveler folder holds what cannot be backed up (links to directories, links that "
            f"lead nowhere, sockets or pipes): {listed}"
            f"{' …' if len(facts.host.not_copied) > LISTED else ''}.",
            "Move each away, or put the directory itself in its place, then check again.",
        )
    if facts.host.mount_points:
        return passed(
            f"Mounted there: {', '.join(facts.host.mount_points)}. A rollback exchanges what is in "
            "it, and leaves the mount point as it is."
        )
    return passed("All of the traveler folder can be backed up and put back.")


CHECKS: tuple[Check, ...] = (
    Check("backup", GROUP, "Files for the backup", backup_possible),
    Check(WORKER_DISK, GROUP, "Disk room on the worker", worker_has_room),
    Check("host_disk", GROUP, "Disk room on the host", blocks_migration_only(host_has_room)),
    Check("backup_whole", GROUP, "Files that a rollback puts back", backup_is_whole),
)
