"""API tokens: made here, shown once, revoked here. Only a digest is stored."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST
from knox.models import AuthToken

from console.accounts.access import SignedInRequest, allow_signed_in, requires
from console.accounts.capabilities import Capability
from console.accounts.forms.tokens import TokenForm
from console.accounts.tokens import TooManyTokens, create_token
from console.accounts.views.profile import render_profile


@requires(Capability.USE_API)
@require_POST
def token_add(request: SignedInRequest) -> HttpResponse:
    """Create a token and show its secret on the answer itself: it is kept nowhere in between."""
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            _, secret = create_token(
                request.user, name=form.cleaned_data["name"], lifetime=form.lifetime()
            )
        except TooManyTokens as refusal:
            form.add_error(None, str(refusal))
        else:
            return render_profile(request, new_token=secret)
    return render_profile(request, token_form=form)


@allow_signed_in
@require_POST
def token_revoke(request: SignedInRequest, key: str) -> HttpResponse:
    get_object_or_404(AuthToken, user=request.user, token_key=key).delete()
    messages.success(request, f"Token {key}… is revoked. Whatever uses it is refused from now on.")
    return redirect("accounts:profile")
