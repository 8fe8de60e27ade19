"""What is wrong with a certificate is said apart, with dates and names."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pools.gateways import errors
from pools.gateways.rest import AdminApi
from tests.pools.gateways.api_host import PASSWORD, USERNAME, ApiHost

DAY = timedelta(days=1)


def shown_by_a_server(
    directory: Path, *, begins: timedelta = -DAY, ends: timedelta = DAY, name: str = "127.0.0.1"
) -> ssl.SSLContext:
    """A server with a self-signed certificate of these dates, from now, and this name."""
    now, key = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "traveler")])
    names: list[x509.GeneralName] = (
        [x509.IPAddress(ip_address(name))] if name[0].isdigit() else [x509.DNSName(name)]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain = directory / "chain.pem"
    chain.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context


async def refusal(context: ssl.SSLContext) -> errors.CertificateRefused:
    with ApiHost(tls=context) as host:
        async with AdminApi(host.url, USERNAME, PASSWORD) as api:
            with pytest.raises(errors.CertificateRefused) as refused:
                await api.servers()
        assert host.requests == []
    return refused.value


async def test_an_expired_certificate_is_called_expired(tmp_path: Path) -> None:
    error = await refusal(shown_by_a_server(tmp_path, begins=-9 * DAY, ends=-2 * DAY))
    ended = datetime.now(UTC) - 2 * DAY
    assert f"It expired on {ended:%Y-%m-%d}" in error.message
    assert "Renew the certificate" in error.remedy
    assert "authority" not in error.remedy


async def test_one_that_is_not_valid_yet_points_at_the_clocks(tmp_path: Path) -> None:
    error = await refusal(shown_by_a_server(tmp_path, begins=2 * DAY, ends=9 * DAY))
    begins = datetime.now(UTC) + 2 * DAY
    assert f"not valid before {begins:%Y-%m-%d}" in error.message
    assert "clocks" in error.remedy


async def test_one_for_another_name_says_for_which(tmp_path: Path) -> None:
    error = await refusal(shown_by_a_server(tmp_path, name="trav7.acme.example"))
    assert "It is for trav7.acme.example, not for 127.0.0.1." in error.message


async def test_all_that_is_wrong_is_said(tmp_path: Path) -> None:
    context = shown_by_a_server(tmp_path, begins=-9 * DAY, ends=-2 * DAY, name="x.example")
    error = await refusal(context)
    assert "expired" in error.message
    assert "x.example" in error.message
    assert "CN=traveler" in error.message


async def test_an_unknown_authority_alone_is_what_the_pool_can_be_given(tmp_path: Path) -> None:
    error = await refusal(shown_by_a_server(tmp_path))
    assert "Add the certificate of the issuing authority" in error.remedy
    assert "expired" not in error.message
