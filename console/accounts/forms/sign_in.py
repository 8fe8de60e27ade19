"""Sign-in form: Django's own, in this product's voice."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "This name and this password do not belong together. Try again, or ask "
        "an administrator to set a new password.",
        "inactive": "This account is switched off. Ask an administrator.",
    }
