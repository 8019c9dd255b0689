"""Filing a birth: what the applicant fills in and attaches, page by page."""

import re
from typing import Any

from tests.journeys.people import Citizen
from tests.journeys.walker import Walker

PROCEDURE = "1.001193"
UNIT = "000.17.22.H56"


def answers(citizen: Citizen) -> dict[str, dict[str, Any]]:
    """By step, in order."""
    return {
        "nguoi-yeu-cau": {"relation": "me"},
        "tre-em": {
            "child_name": "Nguyễn Thị Ánh Dương",
            "child_birth_date": "12/11/2026",
            "child_sex": "nu",
            "child_ethnicity": "Kinh",
            "child_nationality": "Việt Nam",
            "birth_place": "Bệnh viện Phụ sản Minh Họa, phường Quảng Phú",
            "home_town": "Phường Quảng Phú, tỉnh Thanh Hóa",
        },
        "cha-me": {
            "mother_name": citizen.name,
            "mother_birth_date": citizen.birth_date,
            "mother_identity_number": citizen.identity_number,
            "mother_address": citizen.address,
            "father_known": True,
            "father_name": "Nguyễn Văn Minh Họa",
            "father_birth_date": "20/02/1990",
            "father_identity_number": "038090123456",
            "parents_married": True,
            "marriage_number": "12/2020, Ủy ban nhân dân phường Quảng Phú",
        },
        "de-nghi": {"copies_wanted": "2", "check_before_print": True, "pledge": True},
    }


def start(walker: Walker, *, look: bool = True) -> str:
    """From a procedure's page to the first step of a draft; returns the dossier's id."""
    walker.go(f"/thu-tuc/{PROCEDURE}")
    if look:
        walker.look("thu-tuc")
    walker.follow("Nộp hồ sơ")
    if look:
        walker.look("bat-dau")
    walker.fill(unit=UNIT, case="thong-thuong")
    walker.press("Bắt đầu")
    found = re.search(r"/ho-so/([^/]+)/buoc/", walker.page.url)
    assert found, walker.page.url
    return found[1]


def fill_in(walker: Walker, citizen: Citizen, *, look: bool = True) -> None:
    for step, values in answers(citizen).items():
        assert walker.page.url.endswith(step), walker.page.url
        walker.fill(**values)
        if look:
            walker.look(f"buoc-{step}")
        walker.press("Lưu và tiếp tục")


def attach_papers(walker: Walker, *, look: bool = True) -> None:
    assert walker.page.url.endswith("giay-to"), walker.page.url
    walker.attach("giay-chung-sinh", "giay-chung-sinh.pdf")
    walker.attach("giay-chung-nhan-ket-hon", "giay-chung-nhan-ket-hon.png")
    if look:
        walker.look("giay-to")
    walker.follow("Tiếp tục")


def send(walker: Walker, *, look: bool = True) -> str:
    """From the review page; returns the code shown."""
    assert walker.page.url.endswith("xem-lai"), walker.page.url
    if look:
        walker.look("xem-lai")
    walker.fill(channel="2", declaration=True)
    walker.press("Gửi hồ sơ")
    walker.sees("Hồ sơ đã được gửi")
    if look:
        walker.look("da-gui")
    return walker.page.locator(".code.big").inner_text().strip()


def file_birth(walker: Walker, citizen: Citizen, *, look: bool = False) -> tuple[str, str]:
    """The dossier's id and its provisional code."""
    dossier_id = start(walker, look=look)
    fill_in(walker, citizen, look=look)
    attach_papers(walker, look=look)
    return dossier_id, send(walker, look=look)
