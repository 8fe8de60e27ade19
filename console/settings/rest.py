"""The REST API: tokens or the browser's session, denied unless a ViewSet grants."""

from __future__ import annotations

from datetime import timedelta

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "console.accounts.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["console.accounts.permissions.NobodyUnlessDeclared"],
    "EXCEPTION_HANDLER": "console.problems.handle_api_exception",
    "DEFAULT_PARSER_CLASSES": [
        "console.json_bodies.BoundedJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    # A refusal repeats what was sent, and half a surrogate pair can be written as an escape only.
    "UNICODE_JSON": False,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "pools.api.paging.Pages",
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
        "Pools, servers, databases, logins, command profiles, users, devices, operations, "
        "migrations and the audit: to read, and for administrators to enter, to change and to "
        "start, by the same rules as in the browser. Diagnoses in sentences, charts and the list "
        "of what needs a person are in the browser only.\n\nSign in at `/api/auth/token/` and send"
        " `Authorization: Token …`. Lists come by pages of 100, of 1,000 at most: `?limit=`,"
        " `?offset=`, and `next`. What is refused says why, in `detail` or by the name of what was"
        " sent."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # One word for one thing also in generated clients.
    "ENUM_NAME_OVERRIDES": {
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
