"""What every container of an installation is denied."""

from typing import Any

#: The program in the image carries this one file capability.
ALLOWED_CAPABILITIES = {"gateway": ["NET_BIND_SERVICE"]}


def assert_hardened(service: str, facts: Any) -> None:
    """`facts` is what the engine says of the container."""
    host = facts["HostConfig"]
    assert facts["Config"]["User"].partition(":")[0] not in ("", "0", "root"), service
    assert host["ReadonlyRootfs"], service
    assert host["CapDrop"] == ["ALL"], service
    added = [name.removeprefix("CAP_") for name in host["CapAdd"] or []]
    assert added == ALLOWED_CAPABILITIES.get(service, []), service
    assert "no-new-privileges:true" in host["SecurityOpt"], service
    assert host["Memory"] > 0, service
    assert host["PidsLimit"] > 0, service
    assert host["LogConfig"]["Config"]["max-size"], service
    assert not host["Privileged"], service
