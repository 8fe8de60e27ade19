"""Why a TLS certificate was refused, read from the certificate itself.

OpenSSL reports what it meets first: an expired certificate of an authority of one's own is called
self-signed, and whoever adds that authority has gained nothing. So it is fetched, without a login,
and everything that is wrong with it is said.
"""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from cryptography import x509

from pools.gateways import errors

FETCH_SECONDS = 5.0
SHOWN_NAMES = 5


async def explained(error: errors.GatewayError, url: str) -> errors.GatewayError:
    """The error with what is wrong with the certificate at `url`; any other error as it is."""
    if not isinstance(error, errors.CertificateRefused):
        return error
    address = urlsplit(url)
    host = address.hostname or ""
    certificate = await _fetch(host, address.port or 443)
    if certificate is None:
        return error
    problems = _problems(certificate, host, datetime.now(UTC))
    if not problems:
        return error
    said = " ".join(sentence for sentence, _remedy in problems)
    issuer = certificate.issuer.rfc4514_string()
    return errors.CertificateRefused(
        f"The TLS certificate of the server cannot be trusted. {said} It was issued by {issuer}; "
        f"the check said: {error.reason or 'refused'}.",
        host=error.host,
        remedy=" ".join(remedy for _sentence, remedy in problems),
    )


async def _fetch(host: str, port: int) -> x509.Certificate | None:
    """The certificate that is shown there. Nothing is sent to whoever shows it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(FETCH_SECONDS):
            _reader, writer = await asyncio.open_connection(host, port, ssl=context)
            try:
                session: ssl.SSLObject = writer.get_extra_info("ssl_object")
                shown = session.getpeercert(binary_form=True)
            finally:
                writer.transport.abort()
        return x509.load_der_x509_certificate(shown) if shown else None
    except (OSError, ValueError, TimeoutError):
        return None


def _problems(certificate: x509.Certificate, host: str, now: datetime) -> list[tuple[str, str]]:
    """Sentence and remedy for each thing that is wrong apart from its issuer."""
    found = []
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now > ends:
        found.append((f"It expired on {_moment(ends)}.", "Renew the certificate on the server."))
    if now < begins:
        found.append(
            (
                f"It is not valid before {_moment(begins)}.",
                "Check the clocks of the server and of the worker.",
            )
        )
    names = _names(certificate)
    if not any(_covers(name, host) for name in names):
        shown = ", ".join(names[:SHOWN_NAMES]) or "no name at all"
        found.append(
            (
                f"It is for {shown}, not for {host}.",
                "Enter the address by a name that the certificate has, or have one issued for it.",
            )
        )
    return found


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    addresses = names.get_values_for_type(x509.IPAddress)
    return [*names.get_values_for_type(x509.DNSName), *map(str, addresses)]


def _covers(name: str, host: str) -> bool:
    try:
        return ip_address(name) == ip_address(host)
    except ValueError:
        pass
    wanted, given = host.casefold().rstrip("."), name.casefold().rstrip(".")
    if given.startswith("*."):
        return wanted.partition(".")[2] == given[2:]
    return wanted == given


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
