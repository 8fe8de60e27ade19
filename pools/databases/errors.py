"""What can be wrong with a managed database, in words for the person who has to mend it."""

from __future__ import annotations


class DatabaseError(Exception):
    """The database did not do what was asked."""

    remedy = "Look at the database server's own log."
    # Whether it may pass without a person, so that trying again soon makes sense.
    is_transient = False

    def __init__(self, message: str | None = None, *, code: str = "") -> None:
        """`code` is the driver's or server's own code (SQLSTATE, SQL30082N, 18456 …)."""
        super().__init__(message or (self.__doc__ or "").splitlines()[0])
        self.code = code


class HostUnknown(DatabaseError):
    """The database's host name cannot be resolved."""

    remedy = "Check the spelling of the host and the DNS of the worker's machine."
    is_transient = True


class DatabasePortClosed(DatabaseError):
    """Nothing answers at the database's address."""

    remedy = "Check host and port, that the database is running, and the firewall between."
    is_transient = True


class DatabaseTimedOut(DatabaseError):
    """The port is open, but no database answers there."""

    remedy = "Check the port, and whether the database server hangs or is still starting."
    is_transient = True


class DatabaseLoginRefused(DatabaseError):
    """The database refuses this user name or password."""

    remedy = "Check the credentials, and that this login may connect from the worker."


class DatabaseMissing(DatabaseError):
    """The server answers, but it has no database of that name."""

    remedy = "Create the database (UTF-8), or correct its name."


class WrongEngine(DatabaseError):
    """Something else than the configured engine answers at that port."""

    remedy = "Choose the right engine, or the port of the right server."


class VersionTooOld(DatabaseError):
    """The database server is older than this console can work with."""

    remedy = "Upgrade the database server."


class DriverMissing(DatabaseError):
    """This console cannot open databases of this engine."""

    remedy = "Choose an engine that is offered, or install its driver on every worker."


class DriverFailed(DatabaseError):
    """The driver failed by itself, or was answered something that it does not understand."""

    remedy = "Check that the address is that of the right server; else update the driver."

    def __init__(self, address: str, error: BaseException) -> None:
        """What it raised is named by its class: its text may quote values."""
        sentence = (DriverFailed.__doc__ or "").splitlines()[0]
        super().__init__(f"{address}: {sentence} ({type(error).__name__})")


class PrivilegeMissing(DatabaseError):
    """The login may not do what is needed."""

    remedy = "Have the DBA grant the missing privilege."


class TooManyConnections(DatabaseError):
    """The database accepts no further connection."""

    remedy = "Raise the server's limit of connections, or close some."
    is_transient = True


class DatabaseConnectionLost(DatabaseError):
    """The database was there and has gone away."""

    remedy = "The console tries again by itself; if it stays away, check the database server."
    is_transient = True


class DatabaseFull(DatabaseError):
    """The database has no room left, for its data or for its log."""

    remedy = "Have the DBA make room, then try again: nothing that was committed is lost."
    is_transient = True


class OnlyReadable(DatabaseError):
    """The database takes no changes: it is a standby, or set to read only."""

    remedy = "Use the address of the primary, or have the DBA open the database for changes."


class EncryptionFailed(DatabaseError):
    """The database and this console agree on no encrypted connection."""

    remedy = "Check the server's TLS settings and certificate."


class DatabaseCertificateRefused(EncryptionFailed):
    """The database's certificate cannot be trusted: its issuer or its name is another one."""

    remedy = (
        "Enter the certificate of the issuing authority for this database, and its host as the "
        "certificate names it."
    )


class CleartextRefused(DatabaseError):
    """The database asks for the password in clear text, which is not allowed for it."""

    remedy = (
        "Choose TLS with verification for this database, have the DBA choose another way of "
        "signing in (scram-sha-256, SERVER_ENCRYPT …), or allow clear text for it."
    )


class LoginUnusable(DatabaseError):
    """The driver of this engine cannot be given this login."""

    remedy = "Use a login without that character."


# A look at the address itself says more about these: which server listens there, if any.
ABOUT_THE_ADDRESS = (
    HostUnknown,
    DatabasePortClosed,
    DatabaseTimedOut,
    WrongEngine,
    DatabaseConnectionLost,
)


def database_error(kind: type[DatabaseError], address: str, code: str = "") -> DatabaseError:
    """The error with its class's own message, the address, and the server's code in brackets."""
    sentence = (kind.__doc__ or "").splitlines()[0]
    return kind(f"{address}: {sentence}" + (f" ({code})" if code else ""), code=code)
