"""Units are read with all their faults named."""

import pytest

from services.catalogue.domain.strict_yaml import read_yaml
from services.catalogue.domain.units import read_units
from tests.unit.catalogue.conftest import DEMO


def unit(**changes):
    return {
        "code": "000.17.22.H56",
        "code_qd20": "H56.22.17",
        "name": "Phường",
        "name_en": "Ward",
        "type": "phuong",
    } | changes


def codes(*rows):
    return {(fault.path, fault.code) for fault in read_units({"units": list(rows)})[1]}


def test_the_demo_province_has_its_units_and_one_closed():
    units, faults = read_units(read_yaml((DEMO / "units.yaml").read_text(encoding="utf-8")))
    assert faults == []
    assert [(u.code, u.successor) for u in units if not u.active] == [("000.33.31.H56", "000.21.31.H56")]
    assert all("minh họa" in u.address for u in units if u.active)


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"code": "17.22"}, "units[0].code", "wrong_shape"),
        ({"code_qd20": "22.17"}, "units[0].code_qd20", "wrong_shape"),
        ({"type": "thon"}, "units[0].type", "not_one_of"),
        ({"name": ""}, "units[0].name", "missing"),
        ({"phone": 237}, "units[0].phone", "wrong_type"),
        ({"fax": "1"}, "units[0].fax", "unknown_key"),
        ({"parent": "000.00.00.H56"}, "units[000.17.22.H56].parent", "unknown_unit"),
        ({"active": False, "successor": "000.01.22.H56"}, "units[000.17.22.H56].successor", "unknown_unit"),
    ],
)
def test_a_broken_unit_is_named_with_its_place(changes, path, code):
    assert (path, code) in codes(unit(**changes))


def test_a_code_may_stand_only_once():
    assert ("units[000.17.22.H56].code", "repeated") in codes(unit(), unit())
