"""One copy of the whole system: up, down, and what it is doing."""

import socket
from collections.abc import Sequence

from deploy.local import demo, environment, orphans, packages
from deploy.local.place import ROOT, Place, PortTaken
from deploy.local.programs import Program
from deploy.local.servers import server_programs
from deploy.local.services import GATEWAY_ADDRESS, gateway_program, service_programs
from deploy.local.supervisor import Supervisor, wait_until_ready
from services.chassis.messages import topology
from services.prepare import broker
from services.roster import SERVICES

START_SECONDS = 60


class Running:
    """The copy of one place behind one port; `services` and `with_demo` are for tests of the runner itself."""

    def __init__(self, place: Place, port: int, services: Sequence[str] = SERVICES, *, with_demo: bool = True) -> None:
        self._place = place
        self._port = port
        self._services = services
        self._with_demo = with_demo
        self._supervisor = Supervisor(place)

    @property
    def public_url(self) -> str:
        return f"http://{GATEWAY_ADDRESS}:{self._port}"

    @property
    def mailbox_url(self) -> str:
        return f"{self.public_url}/thu-thu-nghiem/"

    def up(self) -> None:
        """Return when every part answers; a copy that is up already is left as it is.

        Raises: PackagesMissing, PortTaken, NotReady, DemoNotLoaded.
        """
        packages.install(packages.TO_RUN)
        self._place.prepare()
        servers = server_programs(self._place)
        if not self._supervisor.is_running:
            orphans.stop(self._place)
            self._place.require_free_ports()
            self._require_free_gateway_port()
            self._supervisor.start(servers)
        wait_until_ready(servers, self._place.logs, START_SECONDS)
        environment.write_secret_urls(self._place)
        self._let_services_into_the_broker()
        others = [*service_programs(self._place, self.public_url, self._services), self._gateway()]
        self._supervisor.update([*servers, *others])
        wait_until_ready(others, self._place.logs, START_SECONDS)
        if self._with_demo:
            demo.load(self._place, self.public_url)
        self._remember_port()

    def down(self) -> bool:
        """Stop all that `up` started; data stays. False if nothing ran."""
        if not self._place.prepared:
            return False
        was_running = self._supervisor.is_running
        self._supervisor.stop()
        return orphans.stop(self._place) > 0 or was_running

    def states(self) -> dict[str, str]:
        """Nothing when it is down."""
        return self._supervisor.states() if self._place.prepared and self._supervisor.is_running else {}

    def _let_services_into_the_broker(self) -> None:
        """Their users, and the queues, which they may not make themselves."""
        broker.prepare(
            self._place.amqp_url,
            self._place.amqp_management_url,
            {service: self._place.service_amqp_url(service) for service in SERVICES},
            topology.load(ROOT / "deploy" / "topology.yaml"),
            START_SECONDS,
        )

    def _gateway(self) -> Program:
        return gateway_program(self._place, self._port)

    def _require_free_gateway_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((GATEWAY_ADDRESS, self._port))
            except OSError as fault:
                raise PortTaken(
                    f"Port {self._port} belongs to another process. Choose one: make up PORT=..."
                ) from fault

    def _remember_port(self) -> None:
        (self._place.run / "port").write_text(str(self._port))


def remembered_port(place: Place) -> int | None:
    """The port that `up` was last given."""
    file = place.run / "port"
    return int(file.read_text()) if file.exists() else None
