"""The address list of before and after 2025-07-01, and finding the new commune by the old name."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.catalogue.actions.addresses import Addresses
from services.catalogue.actions.bundle import digest_of
from services.catalogue.actions.fakes import Diary, MemoryRegisters
from services.catalogue.actions.records import Entry
from services.catalogue.domain.addresses import read_addresses
from services.chassis.clock import FixedClock
from services.chassis.errors import NotFound
from tests.unit.catalogue.conftest import DEMO

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
THANH_HOA = "38"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    whole: dict[str, Any] = json.loads((DEMO / "addresses.json").read_text("utf-8"))
    return whole


@pytest.fixture(scope="module")
def addresses(document: dict[str, Any]) -> Addresses:
    registers = MemoryRegisters(Diary())
    for province in read_addresses(document)[0]:
        registers.put("addresses", Entry(province["code"], province, digest_of(province)))
    return Addresses(registers, FixedClock(NOW))


def wards(province: dict[str, Any]) -> int:
    return sum(len(district["wards"]) for district in province["old"])


def test_the_country_has_its_34_provinces_3321_communes_and_all_wards_of_before(document: dict[str, Any]) -> None:
    provinces, faults = read_addresses(document)
    assert faults == []
    assert len(provinces) == 34
    assert sum(len(province["communes"]) for province in provinces) == 3321
    assert sum(map(wards, provinces)) == 10_040
    assert len({district["province"] for one in provinces for district in one["old"]}) == 63


def test_thanh_hoa_became_147_communes_and_19_wards_out_of_547(document: dict[str, Any]) -> None:
    [province] = [one for one in document["provinces"] if one["code"] == THANH_HOA]
    types = [commune["type"] for commune in province["communes"]]
    assert (types.count("xa"), types.count("phuong"), len(types)) == (147, 19, 166)
    assert wards(province) == 547
    assert len(province["old"]) == 26


def test_every_commune_was_made_of_something_and_says_where_the_data_come_from(document: dict[str, Any]) -> None:
    for province in document["provinces"]:
        reached = {code for old in province["old"] for ward in old["wards"] for code in ward["new"]}
        assert reached == {commune["code"] for commune in province["communes"]}
    assert "vietnamadminunits 1.0.4" in document["source"]
    assert document["licence"][0] == "MIT License"


@pytest.mark.parametrize(
    ("text", "district", "became"),
    [
        ("Thăng Thọ", "Nông Cống", ["Xã Thăng Bình"]),
        ("xa thang tho", "", ["Xã Thăng Bình"]),
        ("thi tran ha trung", "", ["Xã Hà Trung", "Xã Hoạt Giang"]),
        ("ly son", "", ["Đặc khu Lý Sơn"]),
    ],
)
def test_who_knows_the_old_name_finds_the_new_commune(
    addresses: Addresses, text: str, district: str, became: list[str]
) -> None:
    found = addresses.became(text, district)[0]
    assert [addresses.known().communes[code]["name"] for code in found.new] == became


def test_the_whole_name_comes_before_those_that_only_begin_so(addresses: Addresses) -> None:
    names = [ward.name for ward in addresses.became("Quảng Phú")]
    assert len(names) > 1
    assert {name.split(" ", 1)[1] for name in names[:2]} == {"Quảng Phú"}
    assert addresses.became("qwertz") == []
    assert len(addresses.became("an")) == 50


def test_the_communes_of_a_province_that_is_not_there_are_not_found(addresses: Addresses) -> None:
    assert len(addresses.communes(THANH_HOA)) == 166
    with pytest.raises(NotFound):
        addresses.communes("99")


def test_the_list_is_read_again_only_when_it_has_changed() -> None:
    class Counted(MemoryRegisters):
        read = 0

        def all(self, register: Any) -> list[Entry]:
            self.read += 1
            return super().all(register)

    registers, clock = Counted(Diary()), FixedClock(NOW)
    addresses = Addresses(registers, clock)
    registers.put("addresses", Entry("38", province(), "1"))
    assert [addresses.known().provinces["38"]["name"], registers.read] == ["Tỉnh Mẫu", 1]
    clock.set(datetime(2026, 11, 25, 3, 0, tzinfo=UTC))
    assert [addresses.known().provinces["38"]["name"], registers.read] == ["Tỉnh Mẫu", 1]
    registers.put("addresses", Entry("38", {**province(), "name": "Tỉnh Khác"}, "2"))
    clock.set(datetime(2026, 11, 25, 4, 0, tzinfo=UTC))
    assert [addresses.known().provinces["38"]["name"], registers.read] == ["Tỉnh Khác", 2]


def province(**changes: Any) -> dict[str, Any]:
    wards = [{"code": "14758", "name": "Phường Đông Thọ", "new": ["14758"]}]
    whole = {
        "code": "38",
        "name": "Tỉnh Mẫu",
        "communes": [{"code": "14758", "name": "Phường Hàm Rồng", "type": "phuong"}],
        "old": [{"province": "Tỉnh Mẫu", "district": "Thành phố Mẫu", "code": "380", "wards": wards}],
    }
    return {**whole, **changes}


@pytest.mark.parametrize(
    ("rows", "path", "code"),
    [
        ([], "provinces", "missing"),
        ([province(code="380")], "provinces[0]", "wrong_shape"),
        ([province(more=1)], "provinces[0]", "wrong_shape"),
        ([province(communes=[])], "provinces[0].communes", "missing"),
        ([province(communes=[{"code": "1", "name": "x", "type": "xa"}])], "provinces[0].communes[0]", "wrong_shape"),
        (
            [province(communes=[{"code": "14758", "name": "x", "type": "huyen"}])],
            "provinces[0].communes[0].type",
            "not_one_of",
        ),
        (
            [
                province(
                    old=[
                        {
                            "province": "x",
                            "district": "x",
                            "code": "1",
                            "wards": [{"code": "", "name": "", "new": ["1"]}],
                        }
                    ]
                )
            ],
            "provinces[0].old[0].wards[0].new",
            "unknown_code",
        ),
        ([province(), province()], "provinces", "repeated"),
        ("x", "provinces", "missing"),
    ],
)
def test_a_broken_list_is_refused_with_its_place(rows: Any, path: str, code: str) -> None:
    assert (path, code) in {(fault.path, fault.code) for fault in read_addresses({"provinces": rows})[1]}
