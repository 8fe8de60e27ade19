"""Sign-in forms: Django's own, in this product's voice and at the pace of `sign_in_limits`."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from console.accounts.sign_in_limits import TooManyAttempts


class PacedForm(AuthenticationForm):
    """What was typed stays in the form while its sender has to wait for `wait_seconds`."""

    wait_seconds = 0

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except TooManyAttempts as limit:
            self.wait_seconds = limit.seconds
            raise ValidationError(str(limit), code="too_many_attempts") from None


class SignInForm(PacedForm):
    """Signing in to the pages, at a limited pace."""

    error_messages = {
        "invalid_login": "Wrong user name or password. Try again, or ask an administrator to set a "
        "new password.",
        "inactive": "This account is switched off. Ask an administrator.",
    }


class AdminSignInForm(PacedForm, AdminAuthenticationForm):
    """Of Django's admin, which signs in by itself."""
