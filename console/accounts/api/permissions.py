"""The API's permission class, the default in the settings: a view declares a capability.

`capability` is for what only reads. `capabilities` names the others by action (`create`, `retire`),
each with one capability, or with several of which one is enough. What changes something and is not
named there is refused to everybody, and so is a view that declares nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from console.accounts.capabilities import Capability
from console.accounts.permissions import may_any

if TYPE_CHECKING:
    # DRF reads these classes while it loads its views.
    from rest_framework.views import APIView

Declared = Capability | tuple[Capability, ...] | None


class DeclaredCapability(BasePermission):
    """Grants what the view declares for this action to those who have the capability."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        method = (request.method or "").lower()
        wanted = declared_for(view, method, getattr(view, "action", None))
        names = " or ".join(sorted(wanted))
        self.message = f"This needs the capability {names}." if wanted else "Nobody may do this."
        return may_any(request.user, wanted)


def declared_for(view: Any, method: str, action: str | None) -> frozenset[Capability]:
    """Those of which one is needed; empty: refused to everybody. `method` is in lower case.

    A method that the view does not serve needs what reading needs: the answer is then 405.
    """
    named: dict[str, Declared] = getattr(view, "capabilities", {})
    reads = method.upper() in SAFE_METHODS or not hasattr(view, method)
    found = named.get(action or method, getattr(view, "capability", None) if reads else None)
    if found is None:
        return frozenset()
    return frozenset({found} if isinstance(found, Capability) else found)
