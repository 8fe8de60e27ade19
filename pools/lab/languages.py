"""What a host says in another language than English.

Domino and Traveler speak their server's language; the wording is nowhere documented, so these
sentences are ours. French stands for all those that the console has not been given.
"""

from __future__ import annotations

import re

Sentences = tuple[tuple[str, str], ...]

GERMAN: Sentences = (
    (r"HCL Traveler overall status is GREEN", "Der Gesamtstatus von HCL Traveler ist GRÜN"),
    (
        r"The overall status of HCL Traveler is Yellow\.",
        "Der Gesamtstatus von HCL Traveler ist Gelb.",
    ),
    (r"The overall status of HCL Traveler is Red\.", "Der Gesamtstatus von HCL Traveler ist Rot."),
    (r"The HCL Traveler task has been running since (.+)\.", r"Die Task läuft seit \1."),
    (r"Yellow Status Messages", "Gelbe Statusnachrichten"),
    (r"Red Status Messages", "Rote Statusnachrichten"),
    (r"Availability Index is now (.+)\.", r"Der Verfügbarkeitsindex ist jetzt \1."),
    (r"Task name not found\.", "Taskname nicht gefunden."),
    (
        r"This server is not a member of a high availability pool\.",
        "Dieser Server gehört keinem Hochverfügbarkeitspool an.",
    ),
    (r"Domino Name", "Domino-Name"),
    (r"Alive", "Aktiv"),
    (r"True", "Wahr"),
    (r"False", "Falsch"),
    (
        r"The local Derby database is used\. The configuration is valid\.",
        "Die lokale Derby-Datenbank wird verwendet. Die Konfiguration ist gültig.",
    ),
    (r"The local Derby database is used\.", "Die lokale Derby-Datenbank wird verwendet."),
    (r"The database configuration is valid\.", "Die Datenbankkonfiguration ist gültig."),
    (
        r"The database setting has been stored in LotusTraveler\.nsf\.",
        "Die Datenbankeinstellung wurde in LotusTraveler.nsf gespeichert.",
    ),
    (
        r"The database setting has been removed\. The local Derby database is used\.",
        "Die Datenbankeinstellung wurde entfernt. Die lokale Derby-Datenbank wird verwendet.",
    ),
    (r"ERROR: The database check failed: (.*)", r"FEHLER: Prüfung fehlgeschlagen: \1"),
    (r"User: (.*)", r"Benutzer: \1"),
    (r"Password: (.*)", r"Kennwort: \1"),
    (r"Path: (.*)", r"Pfad: \1"),
)
FRENCH: Sentences = (
    (r"HCL Traveler overall status is GREEN", "L'état global de HCL Traveler est VERT"),
    (r"Alive", "Actif"),
    (r"True", "Vrai"),
    (r"False", "Faux"),
    (
        r"The local Derby database is used\. The configuration is valid\.",
        "La base de données Derby locale est utilisée. La configuration convient.",
    ),
    (r"The local Derby database is used\.", "La base de données Derby locale est utilisée."),
    (r"The database configuration is valid\.", "La configuration convient."),
)
LANGUAGES: dict[str, Sentences] = {"en": (), "de": GERMAN, "fr": FRENCH}


def say(language: str, line: str) -> str:
    """The line in that language; one that has no translation stays English, as in real products."""
    for english, other in LANGUAGES[language]:
        if found := re.fullmatch(english, line):
            return found.expand(other)
    return line
