"""Addresses of the standing world's pages."""

from __future__ import annotations

from django.urls import path

from pools.views import (
    audit,
    databases,
    logins,
    lookup,
    operations,
    overview,
    pools,
    profiles,
    schema_kits,
    servers,
    users,
)

app_name = "pools"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("pools/add/", pools.pool_add, name="pool_add"),
    path("pools/<slug:slug>/", pools.pool, name="pool"),
    path("pools/<slug:slug>/users/", pools.pool_users, name="pool_users"),
    path("pools/<slug:slug>/database/", pools.pool_database, name="pool_database"),
    path("pools/<slug:slug>/database/schema/", schema_kits.pool_schema, name="pool_schema"),
    path("pools/<slug:slug>/migrations/", pools.pool_migrations, name="pool_migrations"),
    path("pools/<slug:slug>/edit/", pools.pool_edit, name="pool_edit"),
    path("pools/<slug:slug>/index.svg", overview.pool_index_chart, name="pool_index_chart"),
    path("servers/add/", servers.server_add, name="server_add"),
    path("servers/<int:pk>/", servers.server, name="server"),
    path("servers/<int:pk>/users/", servers.server_users, name="server_users"),
    path("servers/<int:pk>/edit/", servers.server_edit, name="server_edit"),
    path("servers/<int:pk>/retire/", servers.server_retire, name="server_retire"),
    path("servers/<int:pk>/host-key/forget/", servers.host_key_forget, name="host_key_forget"),
    path("servers/<int:pk>/logins/try/", servers.logins_try, name="server_logins_try"),
    path("servers/<int:pk>/operations/", operations.operation_start, name="operation_start"),
    path("operations/<int:pk>/", operations.operation, name="operation"),
    path("operations/<int:pk>/logs.zip", operations.operation_archive, name="operation_archive"),
    path("databases/", databases.databases, name="databases"),
    path("databases/add/", databases.database_add, name="database_add"),
    path("databases/<int:pk>/", databases.database_edit, name="database_edit"),
    path("databases/<int:pk>/check/", databases.database_check, name="database_check"),
    path(
        "servers/<int:pk>/password-set/",
        databases.password_was_set,
        name="database_password_set",
    ),
    path("databases/<int:pk>/schema-level/", schema_kits.schema_level_read, name="database_level"),
    path("logins/", logins.logins, name="logins"),
    path("logins/add/", logins.login_add, name="login_add"),
    path("logins/<int:pk>/", logins.login_edit, name="login_edit"),
    path("profiles/", profiles.profiles, name="profiles"),
    path("profiles/add/", profiles.profile_add, name="profile_add"),
    path("profiles/<int:pk>/", profiles.profile_edit, name="profile_edit"),
    path("find/", lookup.lookup, name="lookup"),
    path("users/<int:pk>/", users.user, name="user"),
    path("users/<int:pk>/details/", users.user_details, name="user_details"),
    path("users/<int:pk>/ask/", users.user_ask, name="user_ask"),
    path("audit/", audit.audit, name="audit"),
]
