"""The REST API (docs/api.md): tokens or the browser's session, denied unless a ViewSet grants."""

from __future__ import annotations

from datetime import timedelta

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "console.accounts.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["console.accounts.api.permissions.DeclaredCapability"],
    "EXCEPTION_HANDLER": "console.api.errors.handle_api_exception",
    "DEFAULT_PARSER_CLASSES": [
        "console.json_bodies.BoundedJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    # A refusal repeats what was sent, and half a surrogate pair can be written as an escape only.
    "UNICODE_JSON": False,
    "DEFAULT_SCHEMA_CLASS": "console.api.schema.ApiSchema",
    "DEFAULT_FILTER_BACKENDS": [
        "console.api.filters.StrictFilters",
        "console.api.filters.Ordering",
    ],
    "DEFAULT_PAGINATION_CLASS": "console.api.paging.Pages",
    "PAGE_SIZE": 100,
    "DEFAULT_THROTTLE_CLASSES": [
        "console.throttles.PersonThrottle",
        "console.throttles.AddressThrottle",
    ],
    # REMOTE_ADDR is who asks: console.asgi has already asked the trusted proxies.
    "NUM_PROXIES": 0,
    "DEFAULT_THROTTLE_RATES": {"user": "1200/min", "anon": "60/min"},
}
# Named by the migration of what we keep beside it (console/accounts/token_details.py).
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=30),
    "TOKEN_LIMIT_PER_USER": 20,
    "AUTO_REFRESH": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lifeguard",
    "DESCRIPTION": (
        "Pools, servers, databases, logins, command profiles, users, devices, operations,"
        " migrations and the audit: to read, and for administrators to create, change and start,"
        " by the same rules as in the browser.\n\n"
        "**Sign-in**: `POST /api/v1/auth/token/`, then `Authorization: Token …`.\n\n"
        "**Lists** have up to `?limit=` rows (100, at most 1,000); follow `next` until it is null."
        " A parameter that a list does not have is refused.\n\n"
        "**Errors** are problem details (RFC 9457): compare `code`, show `detail` and"
        " `next_step`; `errors` has messages by field.\n\n"
        "**Repeating a POST**: send `Idempotency-Key`; the same request with the same key is"
        " done once in 24 hours.\n\n"
        "**Changing an object**: send its `ETag` in `If-Match`; 412 says that someone has changed"
        " it."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["console.accounts.api.permissions.DeclaredCapability"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # One word for one thing also in generated clients.
    "ENUM_NAME_OVERRIDES": {
        "ActionName": "migrations_ui.states.Action",
        "MatchKind": ["user", "device"],
        "MigrationKind": "migrations_ui.states.MigrationKind",
        "MigrationStatus": "migrations_ui.states.MigrationStatus",
        "StepName": "migrations_ui.states.StepName",
        "StepStatus": "migrations_ui.states.StepStatus",
        "LossTreatment": ["stop", "reject", "convert"],
        "IncompatibleTreatment": ["stop", "reject"],
        "VerificationStatus": "migrations_ui.states.VerificationStatus",
        "VerificationKind": "migrations_ui.states.VerificationKind",
        "EventKind": "migrations_ui.states.EventKind",
        "OperationKind": "pools.states.OperationKind",
        "OperationStatus": "pools.states.OperationStatus",
    },
}
