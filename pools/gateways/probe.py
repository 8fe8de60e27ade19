"""A probe device: asks for one sync as a phone would, so that a pool is seen to serve devices."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from pools.gateways import errors
from pools.gateways.certificates import explained
from pools.gateways.profiles import WebRequest
from pools.gateways.web import is_login_page, tls_context, web_error

# Always the same, so that a pool gets one probe device and not one more with each probe.
DEVICE_ID = "LifeguardProbe"
CONNECT_TIMEOUT = 5.0
TIMEOUT = 30.0
# Enough to recognise a sign-in form; what a sync answers is not read.
READ_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class ProbeDevice:
    """One mail user's device.

    ca_pem: the only authority to trust, '' for the system's. timeout: seconds for a whole sync.
    """

    request: WebRequest
    username: str
    password: str = field(repr=False)
    ca_pem: str = ""
    timeout: float = TIMEOUT

    async def sync(self, url: str) -> int:
        """Ask the pool or server at `url` for a sync, and return the HTTP status.

        Only the origin of `url` counts. Raises a GatewayError without an answer, and LoginRefused
        for a sign-in form.
        """
        address = urlsplit(url)
        host = address.netloc.rpartition("@")[2]
        try:
            async with asyncio.timeout(self.timeout), self._client() as client:
                target = f"{address.scheme}://{host}{self.request.target}"
                async with client.stream(self.request.method, target) as response:
                    body = await _beginning(response)
        except (httpx.RequestError, TimeoutError, httpx.InvalidURL) as error:
            failure = web_error(error, host=host, timeout=self.timeout)
            raise await explained(failure, url) from None
        if is_login_page(response, body):
            raise errors.LoginRefused(
                "The probe device is answered with a sign-in form.",
                host=host,
                remedy="Check the name and password of the probe user kept for the pool.",
            )
        return response.status_code

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            auth=httpx.BasicAuth(self.username, self.password),
            verify=tls_context(self.ca_pem, verify=True),
            timeout=httpx.Timeout(self.timeout, connect=min(CONNECT_TIMEOUT, self.timeout)),
            follow_redirects=False,
            trust_env=False,
        )


async def _beginning(response: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) >= READ_BYTES:
            break
    return bytes(body)
