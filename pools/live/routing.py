"""WebSocket addresses of the standing world's pages."""

from __future__ import annotations

from typing import Any

from django.urls import path

from pools.live.consumers import LiveConsumer

# Django types its routes for views; Channels routes an ASGI application by them.
live: Any = LiveConsumer.as_asgi()

websocket_urlpatterns = [
    path("ws/bell/", live, {"topic": "bell"}),
    path("ws/pools/", live, {"topic": "overview"}),
    path("ws/pools/<int:pk>/", live, {"topic": "pool"}),
    path("ws/servers/<int:pk>/", live, {"topic": "server"}),
    path("ws/operations/<int:pk>/", live, {"topic": "operation"}),
    path("ws/databases/<int:pk>/", live, {"topic": "database"}),
    path("ws/databases/<int:pk>/schema/", live, {"topic": "schema"}),
]
