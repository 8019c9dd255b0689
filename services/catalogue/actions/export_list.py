"""The list of procedures (danh mục thủ tục hành chính) as a table, one row for each that is in force."""

from collections.abc import Iterable, Iterator

from services.catalogue.actions.records import Procedure
from services.catalogue.actions.tables import Cell

HEADER = (
    "Mã thủ tục",
    "Tên thủ tục",
    "Lĩnh vực",
    "Cấp thực hiện",
    "Mức độ dịch vụ công",
    "Cơ quan thực hiện",
    "Đơn vị",
    "Đơn vị quản lý",
    "Số quyết định",
    "Ngày quyết định",
    "Ngày hiệu lực",
    "Phiên bản",
)


def list_rows(procedures: Iterable[Procedure]) -> Iterator[tuple[Cell, ...]]:
    """Under `HEADER`; several values of one cell are parted by "; "."""
    for one in procedures:
        shown = one.definition
        decision = shown["decision"]
        yield (
            one.code,
            shown["name"],
            shown["field"]["code"],
            "; ".join(shown["levels"]),
            shown["service_level"],
            shown["agency"],
            "; ".join(shown["units"]),
            shown.get("owner"),
            decision["number"],
            decision["date"],
            decision["effective"],
            one.version,
        )
