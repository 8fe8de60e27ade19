"""The person's own page: time zone, theme, password, API tokens."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from console.accounts.access import SignedInRequest, allow_signed_in
from console.accounts.forms.profile import OwnProfileForm
from console.accounts.forms.tokens import TokenForm
from console.accounts.models import Theme
from console.accounts.tokens import tokens_of


@allow_signed_in
def profile(request: SignedInRequest) -> HttpResponse:
    form = OwnProfileForm(request.POST or None, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, "Your profile is saved.")
        return redirect("accounts:profile")
    if form.is_bound:
        # The form has already put the refused values on its instance.
        request.user.refresh_from_db()
    return render_profile(request, form=form)


def render_profile(
    request: SignedInRequest,
    *,
    form: OwnProfileForm | None = None,
    token_form: TokenForm | None = None,
    new_token: str | None = None,
) -> HttpResponse:
    """The page; `new_token` is a secret that is shown on this one answer and never again."""
    context = {
        "form": form or OwnProfileForm(instance=request.user),
        "token_form": token_form or TokenForm(),
        "tokens": tokens_of(request.user).select_related("details"),
        "new_token": new_token,
    }
    response = render(request, "accounts/profile.html", context)
    if new_token:
        response["Cache-Control"] = "no-store"
    return response


@allow_signed_in
@require_POST
def theme(request: SignedInRequest) -> HttpResponse:
    """Keep the theme; the page's script has already switched, a page without script reloads."""
    wanted = request.POST.get("theme", "")
    if wanted in Theme.values:
        request.user.theme = wanted
        request.user.save(update_fields=["theme"])
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect("accounts:profile")


@allow_signed_in
def password(request: SignedInRequest) -> HttpResponse:
    form = PasswordChangeForm(request.user, request.POST or None)
    if form.is_valid():
        user = form.save()
        update_session_auth_hash(request, user)
        messages.success(
            request,
            "Your password is changed. Other sessions have to sign in again, and programs need "
            "new API tokens.",
        )
        return redirect("accounts:profile")
    return render(request, "accounts/password.html", {"form": form})
