"""Addresses below /api/."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from migrations_ui.api.retained import RetainedViewSet
from migrations_ui.api.views import MigrationViewSet

router = SimpleRouter()
router.register("migrations", MigrationViewSet, basename="migration")
router.register("retained", RetainedViewSet, basename="retained")

urlpatterns = router.urls
