"""Sign-in form: Django's own, in this product's voice."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    error_messages: ClassVar[dict[str, str]] = {  # type: ignore[misc]
        "invalid_login": "This name and this password do not belong together. Try again, or ask "
        "an administrator to set a new password.",
        "inactive": "This account is switched off. Ask an administrator.",
    }
