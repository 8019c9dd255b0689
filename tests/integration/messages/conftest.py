from pathlib import Path

import pytest

from services.chassis.mongo import Client, Db
from tests.support.events import Hall, schemas_folder


@pytest.fixture
def hall(mongo: tuple[Client, Db], vhost: str, tmp_path: Path) -> Hall:
    client, db = mongo
    return Hall(client, db, vhost, schemas_folder(tmp_path / "schemas"))
