"""Logins over REST: which there are, entering and changing them; a secret never comes out."""

from __future__ import annotations

from rest_framework import mixins, serializers

from console.accounts.capabilities import Capability
from pools.api.editing import EditedByForm, RequestSerializer, described
from pools.forms.logins import LoginForm
from pools.models import Login
from pools.models.secret import has_secret


class LoginSerializer(serializers.ModelSerializer[Login]):
    """What it is called, and which secrets are stored."""

    signs_in_with = serializers.SerializerMethodField()

    class Meta:
        model = Login
        fields = ["id", "name", "username", "signs_in_with"]

    def get_signs_in_with(self, login: Login) -> list[str]:
        """Names of secrets, never the secrets."""
        return [name for name in LoginForm.secrets if has_secret(login, name)]


class LoginRequestSerializer(RequestSerializer):
    """A user name with one secret or both. Secrets go one way: to keep one, leave it out."""

    class Meta:
        model = Login
        fields = LoginForm.Meta.fields


@described(
    "login",
    request=LoginRequestSerializer,
    shown=LoginSerializer,
    create={"name": "Domino on Linux", "username": "notes", "private_key": "an OpenSSH key, whole"},
    change={"username": "domino"},
)
class LoginViewSet(mixins.ListModelMixin, EditedByForm[Login]):
    """Names and secrets for hosts, by which a server names them."""

    capability = Capability.VIEW_LOGINS
    capabilities = {
        "create": Capability.EDIT_LOGINS,
        "partial_update": Capability.EDIT_LOGINS,
    }
    of_pools = False
    ordering_fields = ("name",)
    serializer_class = LoginSerializer
    form_class = LoginForm
    request_serializer_class = LoginRequestSerializer
    queryset = Login.objects.all()
