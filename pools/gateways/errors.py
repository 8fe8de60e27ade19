"""What can go wrong between Lifeguard and a Traveler host.

Every error says what happened, on which host, and what to do next. The docstring of a class is its
default message, `remedy` its default advice. None of them ever carries a secret.
"""

from __future__ import annotations

from typing import ClassVar


class GatewayError(Exception):
    """The server could not be used."""

    default_remedy: ClassVar[str] = ""
    # Whether it may pass without a person, so that trying again soon makes sense.
    is_transient: ClassVar[bool] = False

    def __init__(self, message: str = "", *, host: str = "", remedy: str = "") -> None:
        self.message = message or (type(self).__doc__ or "").partition("\n")[0]
        self.host = host
        self.remedy = remedy or self.default_remedy
        super().__init__(self.message)

    def __str__(self) -> str:
        named = f"{self.host}: {self.message}" if self.host else self.message
        return f"{named} {self.remedy}".rstrip()


class Unreachable(GatewayError):
    """The host cannot be reached."""

    default_remedy = "Check the network, the firewall and the address kept for this server."
    is_transient = True


class NameNotFound(Unreachable):
    """The host name cannot be resolved."""

    default_remedy = "Check the spelling of the host name, and that Lifeguard's DNS knows it."


class PortClosed(Unreachable):
    """Nothing listens on this port."""

    default_remedy = "Check the port number, and that the service is running on the host."


class WrongProtocol(Unreachable):
    """Something answers on this port, but in another protocol."""

    is_transient = False
    default_remedy = "Check the port number and whether the address is http or https."


class ConnectionLost(GatewayError):
    """The host closed the connection."""

    default_remedy = "Check that the host is still up, then try again."
    is_transient = True


class Superseded(GatewayError):
    """Another worker has taken this work over, so this one does nothing more on the host."""


class TimedOut(GatewayError):
    """The host did not answer in time."""

    default_remedy = "Check that the host is up and not overloaded, then try again."
    is_transient = True


class NoAnswer(TimedOut):
    """The console took the command and said nothing to it."""

    default_remedy = "Check that Domino and the Traveler task run on this server."


class NoConnection(TimedOut):
    """No connection in time."""

    default_remedy = "Check that the host is up, and that no firewall stands between."


class LoginRefused(GatewayError):
    """The host refused the login."""

    default_remedy = "Check the user name and the password or key kept for this server."


class SessionLoginPage(LoginRefused):
    """The login was refused: the server answers with a sign-in form (session authentication)."""

    default_remedy = (
        "Check the user name and password, and let the Domino web site accept basic "
        "authentication for /api/traveler (an internet site override of session authentication)."
    )


class RightsMissing(LoginRefused):
    """The login was accepted, but it lacks the right to do this."""

    default_remedy = "Give the user the Administrator role in the ACL of LotusTraveler.nsf."


class LoginHeldBack(GatewayError):
    """A login that was refused before is not sent again yet."""


class HostKeyChanged(GatewayError):
    """The host shows another SSH key than the one recorded."""

    default_remedy = (
        "If the host was reinstalled on purpose, remove the recorded key and connect again; "
        "otherwise somebody may be posing as this host."
    )


class CertificateRefused(GatewayError):
    """The TLS certificate of the server cannot be trusted."""

    # What OpenSSL said, which is the first thing it met and not always the one that matters.
    reason: str = ""
    default_remedy = "Add the certificate of the issuing authority to the pool."


class UnsafeText(GatewayError):
    """A value contains characters that must not reach a command line."""

    default_remedy = "Remove the line breaks, control or quote characters from the value."


class ProfileIncomplete(GatewayError):
    """The command profile cannot be used."""

    default_remedy = "Correct the command profile of this server."


class CommandFailed(GatewayError):
    """The command failed on the host."""

    def __init__(
        self,
        message: str = "",
        *,
        host: str = "",
        remedy: str = "",
        exit_status: int | None = None,
        output_lines: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message, host=host, remedy=remedy)
        self.exit_status = exit_status
        self.output_lines = output_lines

    def __str__(self) -> str:
        last_words = " / ".join(line for line in self.output_lines[-3:] if line.strip())
        return f"{super().__str__()} It said: {last_words}" if last_words else super().__str__()


class OutputTooLarge(GatewayError):
    """The command printed more than any answer holds."""

    default_remedy = "Check this command in the command profile of the server."


class RemoteFileError(GatewayError):
    """A file on the host cannot be used."""


class RemoteFileMissing(RemoteFileError):
    """The file or directory does not exist on the host."""

    default_remedy = "Check the directories in the command profile of this server."


class RemoteFileDenied(RemoteFileError):
    """The login may not read or write this file."""

    default_remedy = "Use the account that runs Domino, or give this one access to the file."


class TransferIncomplete(RemoteFileError):
    """A file changed while it was being copied."""

    default_remedy = "Stop whatever writes to it, then try again."


class AnswerUnreadable(GatewayError):
    """The server answered with something that cannot be read."""

    default_remedy = "Check that the address kept for this server leads to Traveler."


class ListIncomplete(AnswerUnreadable):
    """The server's list ended before its end, or never ended."""

    default_remedy = "Nothing was changed by it. It is read again at the next inventory."


class ServerBusy(GatewayError):
    """The server is too busy to answer (503)."""

    default_remedy = "Try again in a minute."
    is_transient = True


class LocalFileError(GatewayError):
    """The copy cannot be read or written on Lifeguard's own disk."""

    default_remedy = "Make room or correct the permissions in Lifeguard's work directory."


class LocalDiskFull(LocalFileError):
    """Lifeguard's own disk is full."""

    default_remedy = "Make room in Lifeguard's work directory."
    is_transient = True
