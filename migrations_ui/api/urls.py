"""Addresses below /api/v1/."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from migrations_ui.api.migrations import MigrationViewSet
from migrations_ui.api.retained import RetainedViewSet

router = SimpleRouter()
router.register("migrations", MigrationViewSet, basename="migration")
router.register("retained", RetainedViewSet, basename="retained")

urlpatterns = router.urls
