"""Sign-in, cookies, headers. Deny unless granted; no inline script anywhere."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from console.settings.environment import DEBUG, env


def trusted_networks(values: Iterable[str]) -> list[str]:
    """The values as networks. Everybody is no proxy: `*` and `0.0.0.0/0` are refused."""
    networks = []
    for value in values:
        try:
            network = ipaddress.ip_network(value.strip(), strict=False)
        except ValueError:
            network = None
        if network is None or network.prefixlen == 0:
            raise ImproperlyConfigured(
                f"TRUSTED_PROXIES: {value!r} is not the address or network of a proxy. "
                "Example: TRUSTED_PROXIES=127.0.0.1,10.0.3.0/28"
            )
        networks.append(str(network))
    return networks


AUTHENTICATION_BACKENDS = ["console.accounts.backends.LimitedBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "pools:overview"
LOGOUT_REDIRECT_URL = "accounts:sign_in"

# HTTPS=false only for a console that is reached on the loopback address, as in the demo.
HTTPS = env.bool("HTTPS", default=not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = env.int("SESSION_SECONDS", default=12 * 3600)
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
# Whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses and networks. `console.asgi`
# writes what they say into the request. There is no SECURE_PROXY_SSL_HEADER, because Django would
# believe that header from anybody.
TRUSTED_PROXIES = trusted_networks(
    env.list("TRUSTED_PROXIES", default=["127.0.0.1", "::1"] if BEHIND_PROXY else [])
)
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
