"""Run as a script: a filled form as JSON on stdin, its PDF on stdout.

A process of its own, so that a page that takes too long can be ended, and what was typed is gone with it.
"""

import sys
from pathlib import Path

import typst

HERE = Path(__file__).parent


def main() -> None:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"])
    compiler = typst.Compiler(HERE / "form.typ", root=HERE, font_paths=fonts)
    pdf = compiler.compile(format="pdf", sys_inputs={"form": sys.stdin.buffer.read().decode()})
    if isinstance(pdf, bytes):
        sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
