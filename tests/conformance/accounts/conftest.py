from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.mongo import Client, Db
from tests.support.accounts import AccountsService, Visitor, accounts_service
from tests.support.servers import Servers


@pytest.fixture
def service(servers: Servers, mongo: tuple[Client, Db], tmp_path: Path) -> Iterator[AccountsService]:
    made = accounts_service(servers.database_url(mongo[1].name), tmp_path)
    yield made
    made.parts.client.close()


@pytest.fixture
def browser(service: AccountsService) -> Visitor:
    return service.browser()
