"""ASGI entry point: pages over HTTP, live screens over WebSocket."""

from __future__ import annotations

import os
from typing import Any

import structlog
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
pages = get_asgi_application()  # loads the apps, which the consumers need

from console.private_files import open_to_others  # noqa: E402
from console.request_limits import RequestLimits  # noqa: E402
from console.routing import websocket_urlpatterns  # noqa: E402

for path, mode in open_to_others():
    structlog.get_logger(__name__).warning("open_to_others", path=str(path), mode=f"{mode:04o}")

protocols: Any = ProtocolTypeRouter(
    {
        "http": pages,
        # Who may open one is each consumer's affair (console/accounts/sockets.py).
        "websocket": URLRouter(websocket_urlpatterns),
    }
)
# From here on a client's address is the one that the trusted proxies vouch for.
application = ProxyHeadersMiddleware(
    RequestLimits(protocols), trusted_hosts=settings.TRUSTED_PROXIES
)
