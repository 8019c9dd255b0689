"""Master keys are rotated on a running installation, and what was encrypted before is read as before."""

from tests.compose.support.installation import Installation
from tests.faults.citizen import API, Citizen


def test_after_a_rotation_and_a_restart_people_read_what_they_wrote(
    installation: Installation, citizen: Citizen
) -> None:
    draft = citizen.draft()
    before = installation.secret("submissions_master_keys").splitlines()

    said = installation.motcua("keys", "rotate")
    assert "submissions: 1 data keys wrapped anew" in said
    assert installation.secret("submissions_master_keys").splitlines()[:-1] == before
    installation.compose("restart", "submissions-web")
    installation.up("submissions-web")

    shown = citizen.call("GET", f"{API}/{draft}")
    assert shown.status_code == 200
    assert "Nguyễn Văn Ví Dụ" in str(shown.json())
