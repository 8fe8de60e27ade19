"""Addresses below /api/, the schema and its browsable page."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from pools.api.audit import AuditViewSet
from pools.api.databases import DatabaseViewSet
from pools.api.docs import DocsView, SchemaView
from pools.api.engines import EngineViewSet
from pools.api.logins import LoginViewSet
from pools.api.lookup import LookUpView
from pools.api.operations import OperationViewSet
from pools.api.pools import PoolViewSet
from pools.api.profiles import ProfileViewSet
from pools.api.servers import ServerViewSet
from pools.api.users import DeviceViewSet, UserViewSet

router = SimpleRouter()
router.register("pools", PoolViewSet)
router.register("servers", ServerViewSet)
router.register("users", UserViewSet)
router.register("devices", DeviceViewSet)
router.register("databases", DatabaseViewSet)
router.register("engines", EngineViewSet, basename="engine")
router.register("logins", LoginViewSet)
router.register("profiles", ProfileViewSet)
router.register("operations", OperationViewSet)
router.register("audit", AuditViewSet)

urlpatterns = [
    *router.urls,
    path("lookup/", LookUpView.as_view(), name="api_lookup"),
    path("schema/", SchemaView.as_view(), name="api_schema"),
    path("docs/", DocsView.as_view(), name="api_docs"),
]
