"""The JSON Schemas of the public events, read once at start."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PublicSchemas:
    """`documents` by their address below /schemas/; `titles` of the events, without the parts they share."""

    documents: dict[str, bytes]
    titles: tuple[tuple[str, str], ...]


def read_public_schemas(folder: Path) -> PublicSchemas:
    public = folder / "public"
    documents = {path.relative_to(public).as_posix(): path.read_bytes() for path in sorted(public.rglob("*.json"))}
    titles = tuple(
        (name.removesuffix(".json"), json.loads(content).get("title", ""))
        for name, content in documents.items()
        if "/" not in name
    )
    return PublicSchemas(documents, titles)
