"""TokenDetails: what a person calls an API token, and when it was last used."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils import timezone
from knox.models import AuthToken

# Written once a minute at most: a program may call many times a second.
USE_PRECISION = timedelta(minutes=1)


class TokenDetails(models.Model):
    """Beside knox's row, whose table is not ours; tokens made by older versions have none."""

    token = models.OneToOneField(
        AuthToken, on_delete=models.CASCADE, primary_key=True, related_name="details"
    )
    name = models.CharField(max_length=80)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return self.name


def record_use(token: AuthToken) -> None:
    now = timezone.now()
    details = TokenDetails.objects.filter(pk=token.pk).first()
    if details is None:
        TokenDetails.objects.get_or_create(pk=token.pk, defaults={"last_used_at": now})
    elif details.last_used_at is None or details.last_used_at <= now - USE_PRECISION:
        TokenDetails.objects.filter(pk=token.pk).update(last_used_at=now)
