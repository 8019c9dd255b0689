"""Becomes `rclone serve s3`, its key read from a file: neither a command line nor a configuration shows it."""

import csv
import io
import os
import sys
from pathlib import Path

ACCESS_KEY = "motcua-local"


def main() -> None:
    address, folder, secret_file, cache = sys.argv[1:]
    key = io.StringIO()
    # rclone reads a list from the environment as one line of CSV.
    csv.writer(key).writerow([f"{ACCESS_KEY},{Path(secret_file).read_text().strip()}"])
    environment = {
        **os.environ,
        "RCLONE_AUTH_KEY": key.getvalue().strip(),
        "RCLONE_CONFIG": "",
        "RCLONE_CACHE_DIR": cache,
    }
    rclone = str(Path(sys.executable).with_name("rclone"))
    os.execve(rclone, [rclone, "serve", "s3", "--addr", address, folder], environment)  # noqa: S606


if __name__ == "__main__":
    main()
