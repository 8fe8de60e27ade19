"""The schema of a database over REST: its level, and the files for the DBA."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer

from console.api.problem_details import MEDIA_TYPE
from pools.databases.kit_order import NewDatabase
from pools.models import DatabaseConfiguration
from pools.services.schema_kits import complaints, kit_of, kit_options_for, rules_of
from pools.services.schema_levels import SchemaState, standing_of
from pools.store.kit.files import zipped

# Options of the new database; an engine takes those that its files use.
OPTIONS = {
    "name": "What the create script calls the new database.",
    "path": "Folder on the database server (Db2, SQL Server).",
    "alias": "Under which other name it is catalogued (Db2).",
    "comment": "Stored with the database (not on MySQL).",
    "territory": "The two letters of a country (Db2).",
    "traveler_login": "Traveler's login, where it is not the console's.",
}
KIT_PARAMETERS = [OpenApiParameter(name, str, description=text) for name, text in OPTIONS.items()]
KIT_RESPONSES = {(200, "application/zip"): OpenApiTypes.BINARY}
LOGIN_MESSAGE = "A login has no line breaks and no control characters."


class ZipRenderer(BaseRenderer):
    """Lets a client ask for a zip; only refusals come here, and they are JSON all the same."""

    media_type = "application/zip"
    format = "zip"

    def render(
        self,
        data: object,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if renderer_context:
            renderer_context["response"]["Content-Type"] = MEDIA_TYPE
        rendered: bytes = JSONRenderer().render(data)
        return rendered


class SchemaLevelSerializer(serializers.Serializer[DatabaseConfiguration]):
    """The level of the tables as it was read last, and the file of the kit to run."""

    state = serializers.SerializerMethodField()
    found = serializers.CharField(source="schema_level")
    needed = serializers.SerializerMethodField()
    file = serializers.SerializerMethodField()
    read_at = serializers.DateTimeField(source="schema_level_at", allow_null=True)
    failure = serializers.CharField(source="schema_level_failure")

    @extend_schema_field(serializers.ChoiceField(choices=SchemaState.choices))
    def get_state(self, configuration: DatabaseConfiguration) -> str:
        return standing_of(configuration).state.value

    def get_needed(self, configuration: DatabaseConfiguration) -> str:
        return standing_of(configuration).needed

    def get_file(self, configuration: DatabaseConfiguration) -> str:
        return standing_of(configuration).file


def kit_response(configuration: DatabaseConfiguration, options: Mapping[str, str]) -> HttpResponse:
    """The zip; an option that is left out is as the page's form starts. Raises ValidationError."""
    start, engine = kit_options_for(configuration), configuration.engine
    new = NewDatabase(
        **{"name": ""} | {n: options.get(n, getattr(start, n)) for n in rules_of(engine)}
    )
    login = options.get("traveler_login", "")
    wrong = complaints(engine, new)
    if not login.isprintable():
        wrong["traveler_login"] = LOGIN_MESSAGE
    if wrong:
        raise serializers.ValidationError({name: [text] for name, text in wrong.items()})
    return HttpResponse(
        zipped(kit_of(configuration, new=new, traveler_login=login)),
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="traveler-schema.zip"'},
    )
