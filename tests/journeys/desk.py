"""What officers do at the desk."""

from tests.journeys.walker import Walker
from tests.support.waiting import until


def open_dossier(officer: Walker, code: str, *, look: bool = False) -> None:
    officer.go("/can-bo/ho-so")
    if look:
        officer.look("danh-sach")
    officer.fill(ma=code)
    officer.press("Lọc")
    officer.follow(code)
    officer.sees(code)


def ask_for_supplement(officer: Walker, wanted: dict[str, str], *, look: bool = False) -> None:
    """`wanted`: a component's code → what is wrong with it."""
    officer.page.locator("summary", has_text="Yêu cầu bổ sung").click()
    for component, note in wanted.items():
        officer.page.locator(f'[name=missing][value="{component}"]').check()
        officer.page.locator(f'[name="missing_note-{component}"]').fill(note)
    if look:
        officer.look("yeu-cau-bo-sung")
    officer.press("Gửi yêu cầu bổ sung")
    officer.sees("Đã gửi yêu cầu bổ sung")


def wait_until_checked(officer: Walker) -> None:
    """Raises: AssertionError, when the scanner has not passed every result in time."""

    def clean() -> bool:
        officer.page.reload()
        states = officer.page.locator("#upload-result .documents .tag").all_inner_texts()
        return bool(states) and all("Đã kiểm tra" in state for state in states)

    until(clean, 20, "results are checked")
