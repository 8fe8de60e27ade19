"""What every request to a Traveler server's web side shares: its trust, and what failures mean."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from functools import lru_cache

import httpx

from pools.gateways import errors

LOGIN_FORM_MARKS = (b"?login", b"redirectto", b'type="password"')

Meaning = Callable[[BaseException, str, float], errors.GatewayError]


def web_error(error: Exception, *, host: str, timeout: float) -> errors.GatewayError:
    """What the failure of a request means; `timeout` is what it had, in seconds."""
    causes = list(_causes(error))
    for kind, meaning in MEANINGS:
        cause = next((cause for cause in causes if isinstance(cause, kind)), None)
        if cause is not None:
            return meaning(cause, host, timeout)
    return errors.Unreachable(f"The server cannot be reached ({error}).", host=host)


# The most specific cause first.
MEANINGS: tuple[tuple[type[BaseException], Meaning], ...] = (
    (socket.gaierror, lambda _cause, host, _timeout: errors.NameNotFound(host=host)),
    (
        ssl.SSLCertVerificationError,
        lambda cause, host, _timeout: _certificate_refused(cause, host),
    ),
    (
        ssl.SSLError,
        lambda _cause, host, _timeout: errors.WrongProtocol(
            "What answers there does not speak TLS.", host=host
        ),
    ),
    (httpx.ConnectTimeout, lambda _cause, host, _timeout: errors.NoConnection(host=host)),
    (
        TimeoutError,
        lambda _cause, host, timeout: errors.TimedOut(
            f"No answer within {timeout:g} s.", host=host
        ),
    ),
    (
        httpx.TimeoutException,
        lambda _cause, host, timeout: errors.TimedOut(
            f"No answer within {timeout:g} s.", host=host
        ),
    ),
    (ConnectionRefusedError, lambda _cause, host, _timeout: errors.PortClosed(host=host)),
    (
        httpx.RemoteProtocolError,
        lambda cause, host, _timeout: _broken_off(cause, host),
    ),
    (
        httpx.DecodingError,
        lambda _cause, host, _timeout: errors.AnswerUnreadable(
            "The answer is not compressed as it says it is.", host=host
        ),
    ),
    (httpx.ReadError, lambda _cause, host, _timeout: errors.ConnectionLost(host=host)),
)


# How the HTTP library calls an answer that ends before its end, or before its beginning.
BROKEN_OFF = ("peer closed connection", "server disconnected")


def _certificate_refused(cause: BaseException, host: str) -> errors.GatewayError:
    reason = str(getattr(cause, "verify_message", cause))
    refused = errors.CertificateRefused(
        f"The TLS certificate of the server cannot be trusted ({reason}).", host=host
    )
    refused.reason = reason
    return refused


def _broken_off(cause: BaseException, host: str) -> errors.GatewayError:
    """An answer that broke off came from the right port."""
    if str(cause).casefold().startswith(BROKEN_OFF):
        return errors.ConnectionLost("The answer broke off before its end.", host=host)
    return errors.WrongProtocol("What answers there does not speak HTTP as expected.", host=host)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and whatever led to it, the members of groups included."""
    pending: list[BaseException] = [error]
    seen: set[int] = set()
    while pending:
        current = pending.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        pending += [cause for cause in (current.__cause__, current.__context__) if cause]
        if isinstance(current, BaseExceptionGroup):
            pending += current.exceptions


def is_login_page(response: httpx.Response, body: bytes) -> bool:
    """Session authentication answers a refused login with its form instead of a 401."""
    if response.is_redirect:
        location = response.headers.get("location", "").casefold().encode()
        return any(mark in location for mark in LOGIN_FORM_MARKS)
    is_page = "html" in response.headers.get("content-type", "")
    return (
        is_page and response.is_success and any(mark in body.lower() for mark in LOGIN_FORM_MARKS)
    )


@lru_cache(maxsize=64)
def tls_context(ca_pem: str, *, verify: bool) -> ssl.SSLContext:
    """Trust `ca_pem` only, or the system's authorities.

    Made once: loading the system's authorities takes longer than a health check.
    """
    try:
        context = ssl.create_default_context(cadata=ca_pem or None)
    except (ssl.SSLError, ValueError):
        raise errors.CertificateRefused(
            "The certificate kept for the pool cannot be read.",
            remedy="Enter the certificate of the issuing authority in PEM form.",
        ) from None
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
