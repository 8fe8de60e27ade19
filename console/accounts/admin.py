"""People in Django's admin: their role, and the pools that it holds for."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from console.accounts.models import User
from pools.services import audit


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]  # not a generic at run time
    """People with their role and the pools that it holds for. What changes of these is in the
    console's own audit too: Django's own log of its admin is seen by nobody else."""

    list_display = ("username", "role", "all_pools", "is_active")
    list_filter = ("role", "all_pools", "is_active")
    filter_horizontal = (*UserAdmin.filter_horizontal, "pools")
    fieldsets = (
        *(UserAdmin.fieldsets or ()),
        ("Role", {"fields": ("role", "all_pools", "pools")}),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        form.access_before = _access_facts(User.objects.get(pk=obj.pk)) if change else {}
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        before, after = form.access_before, _access_facts(User.objects.get(pk=form.instance.pk))
        changed = [
            f"{name}: {before.get(name, 'none')} → {new}"
            for name, new in after.items()
            if before.get(name) != new
        ]
        if changed:
            audit.record(
                actor=cast("User", request.user),
                action="change_access" if change else "add_person",
                target=str(form.instance),
                detail="\n".join(changed),
            )


def _access_facts(person: User) -> dict[str, str]:
    """What a person may do and where, in words."""
    pools = sorted(str(pool) for pool in person.pools.all())
    return {
        "role": person.effective_role.value or "none",
        "pools": "all" if person.pool_scope is None else ", ".join(pools) or "none",
    }
