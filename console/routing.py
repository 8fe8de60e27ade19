"""WebSocket addresses."""

from __future__ import annotations

from migrations_ui.live.routing import websocket_urlpatterns as migration_sockets
from pools.live.routing import websocket_urlpatterns as pool_sockets

websocket_urlpatterns = [*pool_sockets, *migration_sockets]
