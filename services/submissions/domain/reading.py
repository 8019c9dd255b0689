"""Who saw what: an officer's look at a dossier, and every file that was opened, by whomever.

Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 asks for a record of access to personal data.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Reading:
    """`unit` is the officer's, "" for the applicant; `document_id` is "" when the dossier itself was looked at."""

    at: datetime
    dossier_id: str
    account_id: str
    name: str
    unit: str = ""
    document_id: str = ""
