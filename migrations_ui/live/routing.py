"""WebSocket address of a migration's live page."""

from __future__ import annotations

from typing import Any

from django.urls import path

from migrations_ui.live.consumers import MigrationConsumer

# `path` is typed for views; Channels routes applications with it.
consumer: Any = MigrationConsumer.as_asgi()

websocket_urlpatterns = [path("ws/migrations/<int:pk>/", consumer)]
