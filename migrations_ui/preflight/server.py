"""Checks of the server that is to be migrated (article, "System requirements"; domain.md 4 and
6)."""

from __future__ import annotations

from migrations_ui.preflight.answers import quoted
from migrations_ui.preflight.facts import Facts
from migrations_ui.preflight.verdict import (
    Check,
    CheckVerdict,
    blocker,
    blocker_by_host,
    not_checked,
    not_seen,
    passed,
    warning,
)
from migrations_ui.transfer.derby.layout import find_fault
from migrations_ui.transfer.errors import (
    NotDerby,
    SourceKeyOutside,
    SourceNewer,
    SourceOutside,
    SourceUnfinished,
)
from pools.domain.versions import FIRST_WITH_POOLS, at_least, parse_version, same_release
from pools.states import OverallStatus, Platform

GROUP = "server"
FIRST_DOMINO = "8.5.3"
EDITIONS = ("enterprise", "utility")
WIDE = 64


def host_reachable(facts: Facts) -> CheckVerdict:
    if facts.host.failure:
        return blocker(facts.host.failure, "Correct the server's SSH address or login.")
    return passed(f"SSH login accepted; host key {facts.host.fingerprint}.")


def version_supports_pools(facts: Facts) -> CheckVerdict:
    version = _version(facts)
    new_enough = at_least(version, FIRST_WITH_POOLS)
    if new_enough is None:
        return blocker(
            "The Traveler version is not known.", "Enter it on the server's page, then check again."
        )
    if not new_enough:
        return blocker(
            f"Traveler {version}; pools came with {FIRST_WITH_POOLS}.",
            "Upgrade Traveler, start it standalone once, then check again.",
        )
    return passed(f"Traveler {version}")


def version_equals_pool(facts: Facts) -> CheckVerdict:
    version, others = _version(facts), facts.pool.versions
    if not others:
        return passed("First server of the pool: its version becomes the pool's.")
    different = {
        name: other for name, other in others.items() if same_release(version, other) is False
    }
    unknown = [name for name, other in others.items() if parse_version(other) is None]
    if different:
        listed = ", ".join(f"{name} {other}" for name, other in different.items())
        return blocker(
            f"This server has {version or 'no known version'}; the pool has {listed}.",
            "Bring all servers to the same release first.",
        )
    if unknown or parse_version(version) is None:
        return warning(
            f"Not all versions are known ({', '.join(unknown) or facts.server.name}).",
            "Enter them on the servers' pages.",
        )
    return passed(f"{version} on all {len(others) + 1} servers")


def versions_agree(facts: Facts) -> CheckVerdict:
    shown, entered = facts.host.shown_version, facts.server.traveler_version
    if not shown:
        return (
            not_seen(facts, "shown_version")
            if facts.host.failure
            else passed("The server does not print its version; the entered one counts.")
        )
    if same_release(shown, entered) is False:
        return warning(
            f"The server says {shown}, but {entered} is entered.", "Correct the server's page."
        )
    return passed(f"The server says {shown}.")


def bits_are_64(facts: Facts) -> CheckVerdict:
    bits = _bits(facts)
    if bits is None:
        return warning("Not known whether it is 32 or 64 bit.", "Enter it on the server's page.")
    if bits != WIDE:
        return warning(
            f"{bits} bit: it may join to migrate its data.",
            "Retire this server after the migration; members of a pool have to be 64 bit.",
        )
    return passed("64 bit")


def platform_supported(facts: Facts) -> CheckVerdict:
    if facts.server.platform == Platform.UNKNOWN:
        return warning("The platform is not known.", "Enter it on the server's page.")
    return passed(Platform(facts.server.platform).label)


def domino_release(facts: Facts) -> CheckVerdict:
    release = facts.server.domino_release
    match at_least(release, FIRST_DOMINO):
        case None:
            return warning("The Domino release is not known.", "Enter it on the server's page.")
        case False:
            return blocker(f"Domino {release}; {FIRST_DOMINO} is needed.", "Upgrade Domino first.")
        case _:
            return passed(f"Domino {release}")


def domino_edition(facts: Facts) -> CheckVerdict:
    edition = facts.server.domino_edition
    if not edition:
        return warning("The Domino edition is not known.", "Enter it on the server's page.")
    if not any(word in edition.casefold() for word in EDITIONS):
        return blocker(
            f"Domino {edition} server; a pool needs Enterprise or Utility.",
            "Change the licence type of this Domino server.",
        )
    return passed(f"Domino {edition} server")


def uses_derby(facts: Facts) -> CheckVerdict:
    setting = facts.host.setting
    if setting is None:
        return not_seen(facts, "setting")
    if setting.uses_derby is None:
        return blocker(
            f"What travelerUtil db show prints is not understood: {quoted(setting.unread)}",
            "Put its name for the server's own database into “derby”: answer words of the command "
            f"profile {facts.host.profile}. Then check again.",
        )
    if not setting.uses_derby:
        return blocker(
            f"The server is set to {setting.url} already.",
            "It is no standalone server: add it to that pool instead of migrating it.",
        )
    return passed("It uses its own Derby database.")


def derby_present(facts: Facts) -> CheckVerdict:
    if facts.host.derby_present is None:
        return blocker_by_host(facts, "derby_present")
    if not facts.host.derby_present:
        return blocker(
            f"There is no Derby database in {facts.host.derby_directory}.",
            "Correct the Derby directory in the command profile of this server.",
        )
    return passed(facts.host.derby_directory)


def derby_reader(facts: Facts) -> CheckVerdict:
    """Without it the database could not be read, and that would show when the server is down."""
    if facts.source.reader_failure:
        return blocker(facts.source.reader_failure, "Do so on every worker, then check again.")
    if facts.source.reads is None:
        return warning(
            "derby.jar does not say its version: whether it reads this database shows at Fetch.",
            "Set LIFEGUARD_DERBY_CLASSPATH to a whole derby.jar on every worker.",
        )
    return passed(f"Derby {'.'.join(map(str, facts.source.reads))} on the worker that checked.")


def derby_whole(facts: Facts) -> CheckVerdict:
    """As far as names, sizes and two small files show it; the rest is seen when it is fetched."""
    layout = facts.host.derby_layout
    if layout is None:
        return blocker_by_host(facts, "derby_layout")
    fault = find_fault(layout, newest=facts.source.reads)
    match fault:
        case None:
            version = ".".join(map(str, layout.version or ()))
            return passed(f"Its files are all there; written by Derby {version}.")
        case SourceOutside() | SourceKeyOutside() | SourceUnfinished():
            return blocker(
                f"{facts.host.derby_directory}: {fault}",
                "Nothing is stopped or opened until then.",
            )
        case SourceNewer():
            return blocker(str(fault), "Install a newer derby.jar on the workers.")
        case NotDerby():
            return blocker(
                f"{facts.host.derby_directory}: {fault}",
                "Correct the Derby directory in the command profile of this server.",
            )
        case _:
            return blocker(
                f"{facts.host.derby_directory}: {fault}",
                "Look on the host what happened to these files; the server needs them itself.",
            )


def derby_opens(facts: Facts) -> CheckVerdict:
    layout = facts.host.derby_layout
    if layout is None:
        return not_seen(facts, "derby_layout")
    if not layout.is_encrypted:
        return passed("It is not encrypted. Whether it asks for a user shows at Fetch.")
    if layout.has_outside_key:
        return blocker(
            "It is encrypted with a key from outside (encryptionKey), not with a boot password.",
            "Encrypt it with a boot password, or decrypt it, as Derby documents it.",
        )
    return _boot_password_opens(facts)


def _boot_password_opens(facts: Facts) -> CheckVerdict:
    if not facts.source.has_boot_password:
        return blocker(
            "It is encrypted, and no boot password is known.",
            "Enter the boot password below, then check again.",
        )
    match facts.source.boot_password_opens:
        case None:
            return passed("It is encrypted; the boot password that was entered is tried at Fetch.")
        case False:
            return blocker(
                "It is encrypted, and the boot password that was entered does not open it.",
                "Enter the right boot password below, then check again.",
            )
        case True:
            return passed("It is encrypted, and the boot password that was entered opens it.")


def derby_not_left_locked(facts: Facts) -> CheckVerdict:
    if facts.host.derby_locked is None:
        return not_seen(facts, "derby_locked")
    if facts.host.derby_locked and facts.host.running is False:
        return blocker(
            "Domino is down, but db.lck is there: another process has the database open.",
            "End that process, or remove the lock of one that crashed.",
        )
    if facts.host.derby_locked and facts.host.running is None:
        return warning(
            "db.lck is there, and whether the server runs is not known: another process may have "
            "the database open.",
            "Have the console see the server's state, or look on the host who has it open.",
        )
    return passed(
        "Locked by the running server only." if facts.host.derby_locked else "Not locked."
    )


def started_since_upgrade(facts: Facts) -> CheckVerdict:
    status = facts.host.status
    if facts.host.running is False or status is None or status.overall is OverallStatus.UNKNOWN:
        return warning(
            "Traveler does not run now, so it cannot be seen whether it was started standalone "
            "since its upgrade (Derby is upgraded and defragmented then).",
            "Start it once, let it finish, then check again.",
        )
    since = f" since {status.running_since}" if status.running_since else ""
    return passed(f"Traveler runs standalone on this version{since}.")


def server_healthy(facts: Facts) -> CheckVerdict:
    status = facts.host.status
    if status is None or status.overall is OverallStatus.UNKNOWN:
        return not_seen(facts, "status")
    if status.overall is OverallStatus.GREEN:
        return passed("Green")
    return warning(
        f"{status.overall.label}: {' '.join(status.reasons)}",
        "Cure it before you migrate the server.",
    )


def jdbc_jar_present(facts: Facts) -> CheckVerdict:
    if facts.host.jars is None:
        return blocker_by_host(facts, "jars")
    wanted = facts.database.jdbc_jar
    found = wanted.choose(facts.host.jars)
    if found is None:
        return blocker(
            f"There is no {wanted} in {facts.host.jar_directory}.",
            "Copy the JDBC driver of the database there.",
        )
    return passed(f"{found} in {facts.host.jar_directory}")


def address_can_be_given(facts: Facts) -> CheckVerdict:
    """TravelerUtil gets it on its command line, and some shells know no way to quote everything."""
    if facts.database.address_failure:
        return blocker(
            f"{facts.database.address} cannot be given to travelerUtil on this server. "
            f"{facts.database.address_failure}",
            "Choose a database, a schema and JDBC properties without such characters.",
        )
    return passed(f"Traveler is given {facts.database.address}")


def console_log_readable(facts: Facts) -> CheckVerdict:
    """After the cut-over the console knows only from this log how the server's start goes."""
    if facts.host.failure:
        return not_checked(facts)
    if facts.host.console_log is None:
        reason = facts.host.unseen.get("console_log", "It was not seen.")
        return blocker(
            f"The console log of the server cannot be read. {reason}",
            "Have Domino write one, or correct its path in the command profile, then check again.",
        )
    return passed("It can be read and followed.")


def _version(facts: Facts) -> str:
    return facts.host.shown_version or facts.server.traveler_version


def _bits(facts: Facts) -> int | None:
    if facts.server.bits is not None or facts.host.notes_ini is None:
        return facts.server.bits
    stated = facts.host.notes_ini.get("NTS_64_BIT")
    return None if stated is None else WIDE if stated.strip() == "1" else WIDE // 2


CHECKS: tuple[Check, ...] = (
    Check("host", GROUP, "Host reached over SSH", host_reachable),
    Check("version", GROUP, "Traveler version supports pools", version_supports_pools),
    Check("version_shown", GROUP, "Version entered and version shown agree", versions_agree),
    Check("pool_version", GROUP, "Same release as the pool", version_equals_pool),
    Check("bits", GROUP, "64-bit server", bits_are_64, stands=True),
    Check("platform", GROUP, "Platform", platform_supported),
    Check("domino_release", GROUP, "Domino release", domino_release),
    Check("domino_edition", GROUP, "Domino edition", domino_edition),
    Check("standalone", GROUP, "Standalone with its own database", uses_derby),
    Check("derby", GROUP, "Derby database found", derby_present),
    Check("derby_reader", GROUP, "Derby reader on the worker", derby_reader),
    Check("derby_whole", GROUP, "Derby database whole", derby_whole),
    Check("derby_opens", GROUP, "Derby database opens", derby_opens),
    Check("derby_lock", GROUP, "Derby database not left locked", derby_not_left_locked),
    Check("started_once", GROUP, "Started standalone since its upgrade", started_since_upgrade),
    Check("health", GROUP, "Overall status", server_healthy),
    Check("jdbc_jar", GROUP, "JDBC driver on the host", jdbc_jar_present),
    Check("address", GROUP, "Address that Traveler is given", address_can_be_given),
    Check("console_log", GROUP, "Console log", console_log_readable),
)
