"""Why a step failed, what to do about that, and which of our things it is about."""

from __future__ import annotations

from dataclasses import dataclass

from migrations_ui.states import About, StepName
from migrations_ui.steps.errors import StepFailed
from migrations_ui.transfer.errors import SourceError
from pools.databases.errors import DatabaseError
from pools.gateways.errors import GatewayError

# Where a step speaks to the pool's database only; what else fails in one is about the server.
DATABASE_STEPS = frozenset(
    {
        StepName.SCHEMA,
        StepName.COMPATIBILITY,
        StepName.COPY,
        StepName.VERIFY,
        StepName.SCRATCH,
        StepName.CLEAN_UP,
    }
)


@dataclass(frozen=True, slots=True)
class Failure:
    """`remedy` is that of the error itself; '' where only the step's own advice is left."""

    text: str
    remedy: str
    about: About


def failure_of(error: Exception, step: StepName) -> Failure:
    """From an error that is written for a person; its text has the remedy as well."""
    text, remedy = str(error), str(getattr(error, "remedy", ""))
    if remedy not in text:
        text = f"{text} {remedy}"
    return Failure(text, remedy, _about(error, step))


def _about(error: Exception, step: StepName) -> About:
    match error:
        case GatewayError() | SourceError():
            return About.SERVER
        case DatabaseError():
            return About.DATABASE
        case StepFailed(__cause__=(GatewayError() | DatabaseError()) as cause):
            return _about(cause, step)
    return About.DATABASE if step in DATABASE_STEPS else About.SERVER
