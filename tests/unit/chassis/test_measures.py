import requests
from prometheus_client import CollectorRegistry, generate_latest

from services.chassis.measures import OF_THE_HOLDER, Measure
from services.chassis.worker_port import WorkerPort
from tests.support.system import free_port

IN_UNITS = Measure("test_in_units", "A measure of this test.", ["unit"])


def shown(registry: CollectorRegistry) -> str:
    return generate_latest(registry).decode()


def test_a_row_that_is_gone_is_no_longer_shown() -> None:
    registry = CollectorRegistry()
    measure = Measure("test_rows", "Rows.", ["unit"], registry)
    measure.show_each({("A",): 2, ("B",): 3})
    measure.show_each({("B",): 1})
    assert 'test_rows{unit="B"} 1.0' in shown(registry)
    assert 'unit="A"' not in shown(registry)


def test_what_was_never_read_is_not_shown_as_nothing() -> None:
    registry = CollectorRegistry()
    Measure("test_unread", "Never read.", registry=registry)
    assert "\ntest_unread" not in shown(registry)


def test_only_the_worker_with_the_lease_shows_the_measures_of_its_service() -> None:
    IN_UNITS.show_each({("A",): 4})
    assert "test_in_units" in shown(OF_THE_HOLDER)
    leads = [True, False]
    port = free_port()
    with WorkerPort("127.0.0.1", port, {}, lambda: leads.pop(0)):
        of_holder, of_other = (requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text for _ in range(2))
    assert 'test_in_units{unit="A"} 4.0' in of_holder
    assert "test_in_units" not in of_other
    assert "motcua_" in of_other or "python_info" in of_other
