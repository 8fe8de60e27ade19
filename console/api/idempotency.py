"""`Idempotency-Key`: a POST that is sent again, because its answer was lost, is not done again.

The answer is stored in the transaction of what it answers: a key without an answer is one whose
request is in progress, or was cut off with nothing done. What is refused is not stored, because
nothing was done; the same key may be used again once the cause is corrected.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework import exceptions, status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from console.accounts.idempotency_keys import STORED_FOR, IdempotencyKey
from console.api.requests import actor_of

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
# Longer than any request takes: a key without an answer is taken over by the next request.
LONGEST_REQUEST = timedelta(minutes=5)


class KeyInvalid(exceptions.APIException):
    """An `Idempotency-Key` that is too long or not printable."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "idempotency_key_invalid"
    default_detail = f"The key has 1 to {LONGEST_KEY} printable ASCII characters."


class KeyReused(exceptions.APIException):
    """The key came before with another request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = "This key was used for another request."


class RequestInProgress(exceptions.APIException):
    """The first request with this key has not been answered yet."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "request_in_progress"
    default_detail = "A request with this key is in progress."


class IdempotentPosts(APIView):
    """Every POST of the view takes the header."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After sign-in, permission and throttling: whoever may not ask is not answered."""
        super().initial(request, *args, **kwargs)
        handler = getattr(self, "post", None)
        key = request.headers.get(HEADER)
        if request.method == "POST" and key is not None and handler is not None:
            # REST framework looks the method up on this object, which serves one request.
            self.post = partial(answer_once, key, handler)


def answer_once(
    key: str, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
) -> Response:
    """The handler's answer, or the one that was given to the same request before.

    Raises KeyInvalid, KeyReused, RequestInProgress, and what the handler raises.
    """
    row = _claim(key, request)
    if row.status is not None:
        headers = {"Idempotency-Replayed": "true"}
        return Response(json.loads(row.body) if row.body else None, row.status, headers=headers)
    unanswered = IdempotencyKey.objects.filter(pk=row.pk, started_at=row.started_at, status=None)
    try:
        with transaction.atomic():
            response = handler(request, *args, **kwargs)
            body = b"" if response.data is None else JSONRenderer().render(response.data)
            if not unanswered.update(status=response.status_code, body=body.decode()):
                # It took so long that another request has taken the key over.
                raise RequestInProgress
    except BaseException:
        unanswered.delete()
        raise
    return response


def _claim(key: str, request: Request) -> IdempotencyKey:
    """The key's row: a new one without an answer, or one that has the answer."""
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise KeyInvalid
    now, fingerprint = timezone.now(), _fingerprint(request)
    owned = IdempotencyKey.objects.filter(
        user=actor_of(request), key_digest=_digest("idempotency key", key)
    )
    owned.filter(started_at__lt=now - STORED_FOR).delete()
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(
                user=actor_of(request),
                key_digest=_digest("idempotency key", key),
                fingerprint=fingerprint,
                started_at=now,
            )
    except IntegrityError:
        row = owned.first()
    if row is None:
        # The other request was refused in this moment.
        raise RequestInProgress
    if row.fingerprint != fingerprint:
        raise KeyReused
    if row.status is None:
        cut_off = owned.filter(status=None, started_at=row.started_at)
        if row.started_at > now - LONGEST_REQUEST or not cut_off.update(started_at=now):
            raise RequestInProgress
        row.started_at = now
    return row


def _fingerprint(request: Request) -> str:
    """Of method, address and body; the same whatever the order of the body's fields."""
    data = request.data
    body = dict(data.lists()) if isinstance(data, QueryDict) else data
    text = json.dumps(body, sort_keys=True, default=str)
    return _digest("idempotent request", f"{request.method} {request.get_full_path()}\n{text}")


def _digest(purpose: str, text: str) -> str:
    """Keyed, so that nobody who reads the table can try out passwords."""
    return salted_hmac(purpose, text, algorithm="sha256").hexdigest()
