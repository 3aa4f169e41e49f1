"""A grant: one role of one account, on one ward or on all."""

from typing import Literal

import msgspec

#: The ward of a grant that holds on every ward.
EVERY_WARD = "*"
#: Roles of the site, beside those of its pathways: no definition may name them for itself.
ADMINISTRATOR, AUDITOR, SERVICE = "administrator", "auditor", "service"
SITE_ROLES = (ADMINISTRATOR, AUDITOR, SERVICE)
Kind = Literal["person", "service"]


class Grant(msgspec.Struct, frozen=True, order=True):
    """A role that an account has on a ward; `*` is every ward."""

    role: str
    ward: str

    def covers(self, role: str, ward: str) -> bool:
        """Whether it gives this role on this ward. Only `*` covers an act that belongs to no ward (`ward` empty)."""
        return self.role == role and self.ward in {EVERY_WARD, ward or EVERY_WARD}
