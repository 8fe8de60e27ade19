"""WebSocket addresses."""

from __future__ import annotations

from typing import Any

from django.urls import re_path

from console.closed_socket import ClosedConsumer
from migrations_ui.live.routing import websocket_urlpatterns as migration_sockets
from pools.live.routing import websocket_urlpatterns as pool_sockets

# Django types its routes for views; Channels routes an ASGI application by them.
closed: Any = ClosedConsumer.as_asgi()

websocket_urlpatterns = [*pool_sockets, *migration_sockets, re_path("", closed)]
