"""Adding and editing a command profile."""

from __future__ import annotations

import re

from console.accounts.models import User
from pools.forms.rows import RowForm
from pools.gateways.parsing.patterns import PatternRefused, compile_pattern
from pools.gateways.parsing.transfer_lines import FIGURES
from pools.gateways.parsing.words import AnswerWords, WordsUnreadable
from pools.models import CommandProfile
from pools.models.command_profile import PATTERNS
from pools.services.logins import create_profile, update_profile

# What a template may leave open; anything else in braces is a slip.
PLACEHOLDERS = frozenset({"{program}", "{data}", "{command}", "{lines}", "{user}", "{device}"})
_BRACES = re.compile(r"\{[^{}]*\}?|\}")


class CommandProfileForm(RowForm[CommandProfile]):
    """The commands and words of a kind of host."""

    groups = (
        ("The host", ("name", "platform", "program_directory", "data_directory")),
        (
            "Domino",
            (
                "console_method",
                "console_command",
                "console_log",
                "start_server",
                "stop_server",
                "server_status",
                "notes_ini",
            ),
        ),
        (
            "Traveler console commands",
            (
                "start_traveler",
                "stop_traveler",
                "drain",
                "resume_service",
                "hadr_show",
                "status",
                "show_user",
                "show_config",
            ),
        ),
        (
            "Traveler's files",
            (
                "traveler_util",
                "password_passing",
                "derby_directory",
                "derby_aside",
                "jdbc_jar_directory",
                "auto_schema_parameter",
            ),
        ),
        ("Words of the answers", ("answer_words",)),
        ("Probe device", ("probe_request",)),
        (
            "A server's own transfer into a pool",
            ("transfer_progress", "transfer_end", "transfer_failure", "transfer_silence"),
        ),
    )

    class Meta:
        model = CommandProfile
        error_messages = {"name": {"unique": "Another profile has this name."}}
        exclude = ()
        labels = {"notes_ini": "notes.ini", "hadr_show": "hadr show", "status": "Status"}

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = super().clean() or {}
        for name, value in list(cleaned.items()):
            if name == "answer_words":
                self._refuse_unreadable_words(str(value))
            elif name in PATTERNS:
                # Braces count in a regular expression, and mean nothing of ours.
                self._refuse_broken_pattern(name, str(value))
            elif isinstance(value, str) and name != "name":
                self._refuse_unknown_placeholders(name, value)
        return cleaned

    def _refuse_unknown_placeholders(self, name: str, template: str) -> None:
        unknown = sorted(set(_BRACES.findall(template)) - PLACEHOLDERS)
        if unknown:
            known = ", ".join(sorted(PLACEHOLDERS))
            self.add_error(name, f"{unknown[0]} means nothing here. Known are {known}.")

    def _refuse_unreadable_words(self, text: str) -> None:
        try:
            AnswerWords.from_text(text)
        except WordsUnreadable as error:
            self.add_error("answer_words", str(error))

    def _refuse_broken_pattern(self, name: str, pattern: str) -> None:
        try:
            named = set(compile_pattern(pattern).groupindex)
        except PatternRefused as error:
            self.add_error(name, str(error))
            return
        unknown = sorted(named - FIGURES)
        if unknown:
            known = ", ".join(sorted(FIGURES))
            self.add_error(name, f"The name {unknown[0]} means nothing here. Known are {known}.")

    def enter(self, actor: User) -> CommandProfile:
        return create_profile(actor=actor, **self.cleaned_data)

    def change(self, row: CommandProfile, actor: User) -> CommandProfile:
        return update_profile(row, actor=actor, **self.cleaned_data)
