"""A folder that somebody hands us, read with bounds: how much, how large, and nothing that lies outside of it."""

import json
from collections.abc import Mapping
from pathlib import Path

from services.catalogue.actions.bundle import BundleFault, BundleRefused, Source
from services.catalogue.actions.check_bundle import LARGEST_FORM
from services.catalogue.domain.strict_yaml import BrokenYaml, lines_of, read_yaml

MEGABYTE = 1024 * 1024
#: The longest definition known to us has 40 KB; MongoDB keeps 16 MB at most, and it is kept thrice.
LARGEST_YAML = MEGABYTE
#: Addresses of 34 provinces are one megabyte.
LARGEST_JSON = 4 * MEGABYTE
#: A province has some 2,000 procedures of 15 KB; what is more than this is no catalogue.
LARGEST_FOLDER = 64 * MEGABYTE
MOST_PROCEDURES = 5000
BOM = "\ufeff"


class BoundedFolder:
    """`faults` gathers what could not be read; nothing is opened before the whole has been weighed."""

    def __init__(self, folder: Path) -> None:
        """Raises: BundleRefused, when there is no such folder or it is too large."""
        if not folder.is_dir():
            raise BundleRefused((BundleFault(str(folder), "", "missing", "there is no such folder"),))
        self._folder = folder
        self._root = folder.resolve()
        self.faults: list[BundleFault] = []

    def files(self, part: str, suffix: str) -> list[Path]:
        """The files of a sub-folder by name; hidden ones are left out, others of another kind are faults."""
        place = self._folder / part
        if not place.exists():
            return []
        found = []
        for path in sorted(place.iterdir()):
            if path.name.startswith("."):
                continue
            if path.suffix != suffix:
                self._fault(path, "unknown_file", f"only {suffix} files stand in {part}/")
            elif self._is_ours(path):
                found.append(path)
        return found

    def file(self, name: str) -> Path | None:
        path = self._folder / name
        return path if (path.exists() or path.is_symlink()) and self._is_ours(path) else None

    def weigh(self, paths: list[Path], procedures: int) -> None:
        """Raises: BundleRefused, before anything is read."""
        if procedures > MOST_PROCEDURES:
            words = f"{procedures} procedures; an import takes at most {MOST_PROCEDURES}"
            raise BundleRefused((BundleFault("procedures", "", "too_many", words),))
        sizes = {path: path.stat().st_size for path in paths}
        whole = sum(sizes.values())
        if whole > LARGEST_FOLDER:
            largest = max(sizes, key=lambda path: sizes[path])
            words = (
                f"{_megabytes(whole)} in all; an import takes at most {_megabytes(LARGEST_FOLDER)} "
                f"(the largest file has {_megabytes(sizes[largest])})"
            )
            raise BundleRefused((BundleFault(self._name(largest), "", "too_large", words),))

    def source(self, path: Path) -> Source | None:
        is_json = path.suffix == ".json"
        text = self._text(path, LARGEST_JSON if is_json else LARGEST_YAML)
        if text is None:
            return None
        try:
            document = json.loads(text) if is_json else read_yaml(text)
        except BrokenYaml as fault:
            self._fault(path, "unreadable", fault.words, fault.line)
            return None
        except json.JSONDecodeError as fault:
            self._fault(path, "unreadable", fault.msg, fault.lineno)
            return None
        except RecursionError:
            self._fault(path, "unreadable", "nested too deeply")
            return None
        return Source(self._name(path), document) if is_json else Source(self._name(path), document, _Lines(path))

    def content(self, path: Path) -> bytes | None:
        return self._bytes(path, LARGEST_FORM)

    def _text(self, path: Path, limit: int) -> str | None:
        content = self._bytes(path, limit)
        if content is None:
            return None
        try:
            return content.decode("utf-8").removeprefix(BOM)
        except UnicodeDecodeError as fault:
            line = content.count(b"\n", 0, fault.start) + 1
            self._fault(path, "unreadable", f"not UTF-8: byte {content[fault.start]:#04x}; save it as UTF-8", line)
            return None

    def _bytes(self, path: Path, limit: int) -> bytes | None:
        with path.open("rb") as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            self._fault(path, "too_large", f"a file of this kind has at most {_megabytes(limit)}")
            return None
        return content

    def _is_ours(self, path: Path) -> bool:
        """Links may lead within the folder, so that a folder can't bring in what it was not given."""
        inside = path.resolve().is_relative_to(self._root)
        if not inside:
            self._fault(path, "outside", "a link that leads out of the folder")
        elif not path.is_file():
            self._fault(path, "not_a_file", "this is no file")
        return inside and path.is_file()

    def _fault(self, path: Path, code: str, words: str, line: int = 0) -> None:
        self.faults.append(BundleFault(self._name(path), "", code, words, line))

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


class _Lines:
    """Reads a file again for its lines: faults are rare, and lines of 2,000 files need not be kept."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> Mapping[str, int]:
        try:
            return lines_of(self._path.read_text("utf-8-sig"))
        except (BrokenYaml, OSError, ValueError):
            return {}


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.3g} MB"
