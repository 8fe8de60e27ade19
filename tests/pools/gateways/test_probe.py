"""A probe device against a real web server."""

from __future__ import annotations

from pathlib import Path

import pytest

from pools.gateways import errors
from pools.gateways.probe import ProbeDevice
from pools.gateways.profiles import WebRequest
from tests.pools.gateways.api_host import PASSWORD, USERNAME, ApiHost, Reply, make_authority

SYNC = WebRequest("POST", "/sync?user=CN%3DAda%2FO%3DAcme")
DEVICE = ProbeDevice(SYNC, USERNAME, PASSWORD)


async def test_the_request_goes_to_the_origin_as_it_is() -> None:
    with ApiHost() as host:
        host.routes["/sync"] = lambda _path: Reply(204)
        assert await DEVICE.sync(f"{host.url}/traveler") == 204
    assert host.requests == [SYNC.target]


@pytest.mark.parametrize("status", [302, 403, 503])
async def test_every_status_is_an_answer(status: int) -> None:
    with ApiHost() as host:
        host.routes["/sync"] = lambda _path: Reply(status)
        assert await DEVICE.sync(host.url) == status


async def test_a_wrong_password_is_a_401() -> None:
    with ApiHost() as host:
        assert await ProbeDevice(SYNC, USERNAME, "wrong").sync(host.url) == 401


async def test_a_sign_in_form_is_no_sync() -> None:
    form = Reply(body=b'<input type="password">', headers={"Content-Type": "text/html"})
    with ApiHost() as host:
        host.routes["/sync"] = lambda _path: form
        with pytest.raises(errors.LoginRefused, match="sign-in form"):
            await DEVICE.sync(host.url)


async def test_a_closed_port_and_a_silent_one_are_distinguished(
    closed_port: int, silent_port: int
) -> None:
    impatient = ProbeDevice(SYNC, USERNAME, PASSWORD, timeout=0.2)
    with pytest.raises(errors.PortClosed):
        await impatient.sync(f"http://127.0.0.1:{closed_port}")
    with pytest.raises(errors.TimedOut, match=r"0\.2 s"):
        await impatient.sync(f"http://127.0.0.1:{silent_port}")


async def test_only_the_given_authority_is_trusted(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    with ApiHost(tls=authority.server_context) as host:
        host.routes["/sync"] = lambda _path: Reply()
        with pytest.raises(errors.CertificateRefused):
            await DEVICE.sync(host.url)
        trusting = ProbeDevice(SYNC, USERNAME, PASSWORD, ca_pem=authority.pem)
        assert await trusting.sync(host.url) == 200


async def test_the_password_is_in_no_representation() -> None:
    assert PASSWORD not in repr(DEVICE)
