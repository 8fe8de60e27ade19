"""Command profiles over REST: which there are, and what they say; entering and changing them."""

from __future__ import annotations

from rest_framework import mixins, serializers

from console.accounts.capabilities import Capability
from pools.api.editing import EditedByForm, RequestSerializer, described
from pools.forms.profiles import CommandProfileForm
from pools.models import CommandProfile


class ProfileSerializer(serializers.ModelSerializer[CommandProfile]):
    """Paths and command lines of one kind of host."""

    class Meta:
        model = CommandProfile
        fields = "__all__"


class ProfileRequestSerializer(RequestSerializer):
    """What is left out of a new one is as on Linux with the start script."""

    confirms_logins = True

    class Meta:
        model = CommandProfile
        exclude = ["id"]


@described(
    "command profile",
    request=ProfileRequestSerializer,
    shown=ProfileSerializer,
    create={"name": "Linux, data on /data", "data_directory": "/data/notesdata"},
    change={"program_directory": "/opt/hcl/domino"},
)
class ProfileViewSet(mixins.ListModelMixin, EditedByForm[CommandProfile]):
    """How kinds of hosts are spoken to; a server names one."""

    capability = Capability.VIEW_PROFILES
    capabilities = {
        "create": Capability.EDIT_PROFILES,
        "partial_update": Capability.EDIT_PROFILES,
    }
    of_pools = False
    ordering_fields = ("name",)
    serializer_class = ProfileSerializer
    form_class = CommandProfileForm
    request_serializer_class = ProfileRequestSerializer
    queryset = CommandProfile.objects.all()
