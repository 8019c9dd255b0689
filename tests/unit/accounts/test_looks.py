"""Texts and schemas of accounts."""

import json
import re
from pathlib import Path

from services.chassis.messages.schemas import Schemas
from services.chassis.settings import Shared
from tests.support.catalogues import differing_keys, unknown_keys

ROOT = Path(__file__).parents[3]
TEXTS = ROOT / "services" / "accounts" / "pages" / "texts"
OURS = re.compile(r"^(account|officer|signing_key|session)\.")


def test_both_languages_say_the_same_things_and_every_named_text_is_there() -> None:
    assert differing_keys(TEXTS) == set()
    assert unknown_keys(ROOT / "services" / "accounts", TEXTS) == set()


def test_every_schema_of_ours_allows_its_sample() -> None:
    folder = next(f.default for f in Shared.__dataclass_fields__.values() if f.name == "schemas_dir")
    schemas = Schemas(folder)
    ours = [name for name in schemas.types("internal") if OURS.match(name)]
    assert len(ours) == 12
    for name in ours:
        sample = json.loads((folder / "samples" / "internal" / f"{name}.json").read_text())
        schemas.check("internal", name.removesuffix(".v1"), sample)
