"""How times, money and sizes are written for a reader: the province's wall clock, đồng with points, a short size."""

from datetime import date, datetime

from services.chassis.clock import province_time

_UNITS = ("B", "KB", "MB", "GB")


def when(at: datetime | None) -> str:
    """31/12/2026 14:05, on the province's clock."""
    return "" if at is None else province_time(at).strftime("%d/%m/%Y %H:%M")


def day(on: date | datetime | None) -> str:
    """31/12/2026; a moment is first moved to the province's clock."""
    if on is None:
        return ""
    return (province_time(on) if isinstance(on, datetime) else on).strftime("%d/%m/%Y")


def dong(amount: int | None, language: str = "vi") -> str:
    if amount is None:
        return ""
    return f"{amount:,} VND" if language == "en" else f"{amount:,}".replace(",", ".") + " đồng"


def filesize(size: int | None, language: str = "vi") -> str:
    """1,5 MB (1.5 MB in English), by steps of 1024."""
    if size is None:
        return ""
    value, step = float(size), 0
    while value >= 1024 and step < len(_UNITS) - 1:
        value, step = value / 1024, step + 1
    text = f"{value:.1f}".removesuffix(".0") if step > 1 and value < 100 else f"{value:.0f}"
    return f"{text if language == 'en' else text.replace('.', ',')} {_UNITS[step]}"
