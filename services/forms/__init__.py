"""The form language (tờ khai điện tử): one definition that page, API and validation all go by.

A shared kernel: pure Python that imports no service. `language` reads a definition's form, `check` holds answers
against it, `questions` and `posted` are the two ways of a page, `shown` reads answers back to people, `schema` says
the same to programs.
"""

from pathlib import Path

PAGES = Path(__file__).parent / "pages"
