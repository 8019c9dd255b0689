"""The search as it stands in an address: Vietnamese names, anything else in the query string is left alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from services.catalogue.actions.browse import Asked

#: Field of `Asked` -> its name in addresses and forms.
NAMES = {
    "text": "q",
    "field": "linh-vuc",
    "unit": "co-quan",
    "audience": "doi-tuong",
    "level": "cap",
    "service_level": "muc-do",
    "page": "trang",
}
FULLY_ONLINE = "toan-trinh"


@dataclass(frozen=True)
class SearchForm:
    asked: Asked
    fully_online: bool

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> "SearchForm":
        given = {name: arguments.get(parameter, "").strip()[:200] for name, parameter in NAMES.items()}
        return cls(Asked(**given), arguments.get(FULLY_ONLINE, "") not in ("", "0"))

    @property
    def meant(self) -> Asked:
        """Ticking "fully online" outdoes whatever level is chosen."""
        return replace(self.asked, service_level="toan_trinh") if self.fully_online else self.asked

    @property
    def filtered(self) -> bool:
        return self.fully_online or any(getattr(self.asked, name) for name in NAMES if name not in ("text", "page"))

    def narrowed(self, field: str) -> str:
        """A link to the same search within one field (lĩnh vực)."""
        return replace(self, asked=replace(self.asked, field=field)).address()

    def address(self, *, page: int = 1, without: tuple[str, ...] = ()) -> str:
        """A link that anybody may share; `without` names fields of `Asked`."""
        pairs = [(NAMES[name], getattr(self.asked, name)) for name in NAMES if name not in ("page", *without)]
        if self.fully_online:
            pairs.append((FULLY_ONLINE, "1"))
        if page > 1:
            pairs.append((NAMES["page"], str(page)))
        query = urlencode([(name, value) for name, value in pairs if value])
        return f"/thu-tuc?{query}" if query else "/thu-tuc"
