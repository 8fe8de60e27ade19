"""Answers in other languages, read by the words of the profile."""

from __future__ import annotations

import dataclasses

import pytest

from pools.gateways.parsing import db_check, hadr_show, status
from pools.gateways.parsing.words import GIVEN, AnswerWords, WordsUnreadable
from pools.states import OverallStatus

GERMAN_LIST = """\
Domino-Name      ID     Host Name           IP:SrvrPort,SrvltPort  Aktiv
CN=t1/O=Acme     T1     t1.acme.example     10.0.0.1:50125,50126   Wahr
CN=t2/O=Acme     T2     t2.acme.example     10.0.0.2:50125,50126   Falsch
"""


@pytest.mark.parametrize(
    ("text", "overall"),
    [
        ("Der Gesamtstatus von HCL Traveler ist GRÜN", OverallStatus.GREEN),
        ("Der Gesamtstatus von HCL Traveler ist Gelb.", OverallStatus.YELLOW),
        ("HCL Traveler overall status is GREEN", OverallStatus.GREEN),
        ("L'état global de HCL Traveler est VERT", OverallStatus.UNKNOWN),
        ("The overall status of Redwood is Evergreen", OverallStatus.UNKNOWN),
    ],
)
def test_the_overall_status_in_german_and_english(text: str, overall: OverallStatus) -> None:
    assert status.parse(text).overall is overall


def test_german_reasons_and_times() -> None:
    read = status.parse(
        "Die Task läuft seit Di 15. Jun 17:08:37 CEST 2010.\n"
        "Rote Statusnachrichten\nDer Thread hängt.\n"
        "Der Gesamtstatus von HCL Traveler ist Rot."
    )
    assert (read.overall, read.red) == (OverallStatus.RED, ("Der Thread hängt.",))
    assert read.running_since == "Di 15. Jun 17:08:37 CEST 2010"


def test_no_traveler_is_no_answer_that_is_not_understood() -> None:
    assert status.parse("Taskname nicht gefunden.").is_stopped
    assert not status.parse("Bonjour").is_stopped


def test_a_german_list_says_who_is_alive() -> None:
    read = hadr_show.parse(GERMAN_LIST)
    assert [member.alive for member in read.members] == [True, False]
    assert read.unread == ()


def test_what_it_says_of_a_server_is_kept_when_it_is_not_understood() -> None:
    member = hadr_show.parse(GERMAN_LIST.replace("Wahr", "Sant")).members[0]
    assert (member.alive, member.alive_text) == (None, "Sant")


def test_an_administrator_teaches_another_language() -> None:
    text = GIVEN.as_text().replace("green = ", "green = VERT, ")
    words = AnswerWords.from_text(text.replace("overall = ", "overall = état global, "))
    read = status.parse("L'état global de HCL Traveler est VERT", words)
    assert read.overall is OverallStatus.GREEN
    japanese = dataclasses.replace(words, overall=("全体的な状況",), green=("緑",))
    assert status.parse("Travelerの全体的な状況は緑です", japanese).overall is OverallStatus.GREEN


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("Die Datenbankkonfiguration ist gültig.", True),
        ("Die Datenbankkonfiguration ist ungültig.", False),
        ("Die Konfiguration ist nicht gültig.", False),
        ("La configuration convient.", None),
        ("java.sql.SQLNonTransientConnectionException: x", False),
        ("\tat com.lotus.sync.Setup.main(Setup.java:17)", False),
        ("Connecting at host (db.acme.example). Configuration valid", True),
    ],
)
def test_the_verdict_of_a_check(text: str, passed: bool | None) -> None:
    assert db_check.parse(text).passed is passed


def test_words_are_read_back_from_their_text() -> None:
    assert AnswerWords.from_text(GIVEN.as_text()) == GIVEN
    assert AnswerWords.from_text("").yes == GIVEN.yes


@pytest.mark.parametrize("text", ["yes", "maybe = perhaps", "yes = , ,", "yes = ja\nyes = oui"])
def test_a_list_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(WordsUnreadable):
        AnswerWords.from_text(text)
