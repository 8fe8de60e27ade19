"""API tokens: made with a name for people with a role, checked at each use, ended with the
password, the account or the role."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.models import AuthToken
from knox.settings import knox_settings
from rest_framework.exceptions import AuthenticationFailed

from console.accounts.capabilities import Capability
from console.accounts.models import User
from console.accounts.permissions import may
from console.accounts.token_details import TokenDetails, record_use


class TooManyTokens(Exception):
    """The person has as many tokens as one may have."""

    def __init__(self) -> None:
        most = knox_settings.TOKEN_LIMIT_PER_USER
        super().__init__(f"{most} tokens are the most. Revoke one first.")


def tokens_of(user: User) -> QuerySet[AuthToken]:
    """The person's tokens that still work, newest first."""
    tokens: QuerySet[AuthToken] = AuthToken.objects.filter(user=user)
    return tokens.filter(expiry__gt=timezone.now()).order_by("-created")


@transaction.atomic
def create_token(user: User, *, name: str, lifetime: timedelta) -> tuple[AuthToken, str]:
    """The new token's row and its secret. Raises TooManyTokens."""
    if tokens_of(user).count() >= knox_settings.TOKEN_LIMIT_PER_USER:
        raise TooManyTokens
    token, secret = AuthToken.objects.create(user=user, expiry=lifetime)
    TokenDetails.objects.create(token=token, name=name)
    return token, secret


class TokenAuthentication(KnoxAuthentication):  # type: ignore[misc]
    """Knox's, for tokens of people with a role; remembers the use."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken]:
        # What no token holds is not looked for: some databases refuse a NUL.
        if not token.isalnum():
            raise AuthenticationFailed("Invalid token.")
        user, found = super().authenticate_credentials(token)
        record_use(found)
        return user, found

    def validate_user(self, auth_token: AuthToken) -> tuple[User, AuthToken]:
        # A change that went past `User.save` ends the token here.
        if not may(auth_token.user, Capability.USE_API):
            auth_token.delete()
            raise AuthenticationFailed("Invalid token.")
        return auth_token.user, auth_token
