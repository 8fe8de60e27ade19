"""People in Django's admin: their role, and the pools that it holds for."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from console.accounts.models import User


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]  # not a generic at run time
    """People with their role and the pools that it holds for."""

    list_display = ("username", "role", "all_pools", "is_active")
    list_filter = ("role", "all_pools", "is_active")
    filter_horizontal = (*UserAdmin.filter_horizontal, "pools")
    fieldsets = (
        *(UserAdmin.fieldsets or ()),
        ("Role", {"fields": ("role", "all_pools", "pools")}),
    )
