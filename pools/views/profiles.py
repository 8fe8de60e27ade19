"""Command profiles: list, add, edit."""

from __future__ import annotations

from dataclasses import asdict

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from pools.forms.profiles import CommandProfileForm
from pools.gateways.profiles import PROFILES
from pools.models import CommandProfile
from pools.views.editing import edit_page

BESIDE = "pools/partials/profile_hint.html"


@requires(Capability.VIEW_PROFILES)
def profiles(request: SignedInRequest) -> HttpResponse:
    rows = CommandProfile.objects.annotate(server_count=Count("servers"))
    return render(request, "pools/profiles.html", {"section": "settings", "profiles": rows})


@requires(Capability.EDIT_PROFILES)
def profile_add(request: SignedInRequest) -> HttpResponse:
    """The form starts from the kind of host that `?like=` names, a key of PROFILES."""
    like = PROFILES.get(request.GET.get("like", ""))
    return edit_page(
        request,
        CommandProfileForm(request.POST or None, initial=asdict(like) if like else None),
        title="Add a command profile",
        verb="Add the profile",
        saved="{} is added.",
        back=reverse("pools:profiles"),
        trail=[("Command profiles", reverse("pools:profiles"))],
        section="settings",
        beside=BESIDE,
        kinds=PROFILES,
        like=like,
    )


@requires(Capability.EDIT_PROFILES)
def profile_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    profile = get_object_or_404(CommandProfile, pk=pk)
    return edit_page(
        request,
        CommandProfileForm(request.POST or None, instance=profile),
        title=f"Edit {profile}",
        verb="Save the profile",
        saved="{} is saved. The next command to such a host uses it.",
        back=reverse("pools:profiles"),
        trail=[("Command profiles", reverse("pools:profiles"))],
        section="settings",
        beside=BESIDE,
    )
