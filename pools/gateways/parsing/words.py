"""The words by which answers of a console and of travelerUtil are read, as data.

A Traveler server speaks the language of its Domino server, and no vendor page lists the wording.
So the words are part of the command profile: one line for each meaning, the words of all languages
in it. English and German are given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import lru_cache

Words = tuple[str, ...]
# From here on scripts write words without blanks between them.
_FIRST_UNSPACED = 0x2E80


class WordsUnreadable(ValueError):
    """The list of words cannot be read."""


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """`name` and `alive` are headings of `hadr show`, `yes` and `no` what stands below `alive`.

    `overall` leads to one of the three colours in the answer to `status`; `messages` heads the
    reasons for a colour. `running` stands before the time of the start, `stopped` is said when no
    Traveler runs. `valid` and `failed` are verdicts of travelerUtil, `derby` names its own
    database; `password`, `path` and `user` are what it asks for.
    """

    name: Words = ("Domino Name", "Domino Server", "Server Name", "Domino-Name", "Servername")
    alive: Words = ("Alive", "Aktiv")
    yes: Words = ("true", "yes", "on", "alive", "enabled", "wahr", "ja", "ein", "aktiv")
    no: Words = ("false", "no", "off", "dead", "disabled", "falsch", "nein", "aus", "inaktiv")
    overall: Words = ("overall status", "Gesamtstatus")
    green: Words = ("green", "grün", "grüne")
    yellow: Words = ("yellow", "gelb", "gelbe")
    red: Words = ("red", "rot", "rote")
    messages: Words = ("status messages", "Statusnachrichten", "Statusmeldungen")
    running: Words = ("has been running since", "is running since", "läuft seit")
    stopped: Words = ("task name not found", "Taskname nicht gefunden", "Task nicht gefunden")
    valid: Words = (
        *("success", "successful", "successfully", "succeeded", "valid", "validated", "verified"),
        *("passed", "OK", "gültig", "erfolgreich", "geprüft"),
    )
    failed: Words = (
        *("failed", "error", "invalid", "refused", "denied", "not found", "not valid"),
        *("not recognized", "Fehler", "fehlgeschlagen", "ungültig", "nicht gültig"),
        *("nicht erfolgreich", "nicht gefunden", "nicht erkannt", "verweigert", "abgelehnt"),
    )
    derby: Words = ("Derby",)
    password: Words = ("password", "pw", "Kennwort", "Passwort")
    path: Words = ("path", "jar", "driver", "Pfad", "Treiber")
    user: Words = ("user", "user name", "user ID", "Benutzer", "Benutzername")

    def as_text(self) -> str:
        """One line for each meaning, as a profile has it."""
        return "\n".join(
            f"{field.name} = {', '.join(getattr(self, field.name))}" for field in fields(self)
        )

    @classmethod
    def from_text(cls, text: str) -> AnswerWords:
        """Read such lines; what has none keeps the words that are given. Raises WordsUnreadable."""
        known = {field.name for field in fields(cls)}
        read: dict[str, Words] = {}
        for line in text.splitlines():
            if not line.strip():
                continue
            name, equals, listed = line.partition("=")
            key = name.strip().casefold()
            if not equals or key not in known:
                raise WordsUnreadable(
                    f"“{line.strip()}” is not one of these with “=” and words after it: "
                    f"{', '.join(field.name for field in fields(cls))}."
                )
            words = tuple(word for each in listed.split(",") if (word := " ".join(each.split())))
            if not words:
                raise WordsUnreadable(f"“{key}” has no word.")
            if key in read:
                raise WordsUnreadable(f"“{key}” stands there twice.")
            read[key] = words
        return cls(**read)


GIVEN = AnswerWords()


def find(words: Words, text: str) -> re.Match[str] | None:
    """The first of the words in the text, as a whole word, whatever its case."""
    return _pattern(words).search(text)


@lru_cache(maxsize=256)
def _pattern(words: Words) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(_bounded, longest_first)), re.IGNORECASE)


def _bounded(word: str) -> str:
    before = r"(?<!\w)" if _is_spaced(word[0]) else ""
    after = r"(?!\w)" if _is_spaced(word[-1]) else ""
    return before + r"\s+".join(map(re.escape, word.split())) + after


def _is_spaced(character: str) -> bool:
    return character.isalnum() and ord(character) < _FIRST_UNSPACED
