"""Tokens: made for a user name and a password, shown once, given back by signing out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from knox.models import AuthToken
from knox.settings import knox_settings
from rest_framework import serializers, status
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from console.accounts.capabilities import Capability
from console.accounts.models import User
from console.accounts.permissions import may
from console.accounts.roles import Role
from console.accounts.sign_in_limits import TooManyAttempts
from console.accounts.tokens import TokenAuthentication, TooManyTokens, create_token


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A token for a report",
            value={"username": "ada", "password": "…", "name": "Nightly report"},
        )
    ]
)
class CredentialsSerializer(serializers.Serializer[dict[str, str]]):
    """What a token is asked for with."""

    username = serializers.CharField()
    password = serializers.CharField(write_only=True, trim_whitespace=False)
    name = serializers.CharField(
        max_length=80, default="API sign-in", help_text="What the token is called in your profile."
    )


class TokenSerializer(serializers.Serializer[dict[str, Any]]):
    """`token` is shown this once; send it as `Authorization: Token …`."""

    token = serializers.CharField()
    expiry = serializers.DateTimeField()
    role = serializers.ChoiceField(choices=Role.choices)


class SignInView(APIView):
    """A token for a user name and a password."""

    authentication_classes = ()
    permission_classes = [AllowAny]

    @extend_schema(request=CredentialsSerializer, responses={200: TokenSerializer}, auth=[])
    def post(self, request: Request) -> Response:
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        name = credentials.validated_data.pop("name")
        try:
            user = authenticate(request._request, **credentials.validated_data)
        except TooManyAttempts as limit:
            raise Throttled(limit.seconds, str(limit)) from None
        if not isinstance(user, User) or not may(user, Capability.USE_API):
            raise serializers.ValidationError(
                "The user name or the password is wrong, or the account has no role."
            )
        try:
            instance, token = create_token(user, name=name, lifetime=knox_settings.TOKEN_TTL)
        except TooManyTokens as refusal:
            raise serializers.ValidationError(str(refusal)) from None
        made = {"token": token, "expiry": instance.expiry, "role": user.effective_role}
        return Response(TokenSerializer(made).data)


class SignOutView(APIView):
    """Revokes the token that is sent."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class SignOutEverywhereView(APIView):
    """Revokes every token of the person."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        AuthToken.objects.filter(user=request.user).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
