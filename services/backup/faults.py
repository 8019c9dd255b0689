"""Why a backup or a restore does not go on, in words an operator can act upon."""

from services.chassis.errors import Refusal


class BackupFault(Refusal):
    code = "backup_fault"


class WrongIdentity(BackupFault):
    """The identity file does not open this set."""


class Damaged(BackupFault):
    """A file is not what was written."""


class DiskFull(BackupFault):
    pass


class AlreadyRunning(BackupFault):
    pass


class NotRestorable(BackupFault):
    """A restore was refused before anything was written."""
