"""Wiring: settings, ASGI, Celery, URLs and accounts. No Traveler knowledge lives here."""

from __future__ import annotations

from console.celery import app as celery_app

__all__ = ["celery_app"]
