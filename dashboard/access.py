"""Who is looking, and what they may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboard.errors import NotAllowed

Role = Literal["surgeon", "manager", "operator"]
ROLES: tuple[Role, ...] = ("surgeon", "manager", "operator")


@dataclass(frozen=True)
class Viewer:
    """One person, with a role and a scope.

    surgeon: the key of the only surgeon whose operations this viewer sees; None for every surgeon.
    sites: the only sites whose operations this viewer sees; None for every site, empty for none at all.
    sees_patients: whether lists of single operations are open to this viewer.
    made_up_only: whether the shipped sample alone is shown, and nothing brought in: nobody has let this viewer in.
    """

    name: str
    role: Role
    surgeon: str | None = None
    sites: tuple[str, ...] | None = None
    sees_patients: bool = False
    made_up_only: bool = False

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise NotAllowed(f'"{self.role}" is not a role. Roles are {", ".join(ROLES)}.')
        if self.role == "surgeon" and self.surgeon is None:
            raise NotAllowed(
                "This account has the role of a surgeon but no surgeon's key. Ask whoever keeps the accounts."
            )

    @property
    def may_import(self) -> bool:
        """Whether this viewer may bring in records: what is published is seen by everybody."""
        may = self.role in ("manager", "operator") and self.sees_everything and self.sees_patients
        return may and not self.made_up_only

    @property
    def surgeons(self) -> tuple[str, ...] | None:
        """The surgeons whose operations this viewer sees; None for every one."""
        return None if self.surgeon is None else (self.surgeon,)

    @property
    def sees_everything(self) -> bool:
        """Whether this viewer's scope is the whole practice."""
        return self.surgeons is None and self.sites is None


OPERATOR = Viewer(name="operator of this machine", role="operator", sees_patients=True)
"""Whoever may run commands on this machine could read the files anyway: sees everything, and is audited."""

VISITOR = Viewer(name="visitor", role="operator", sees_patients=True, made_up_only=True)
"""Whoever comes without having been let in, or by a way past the guard: tries the app out on made-up records."""
