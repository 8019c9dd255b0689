"""Say the whole catalogue once more, so that services that lost or never had a copy get it."""

from services.catalogue.actions.ports import REGISTERS, Registers, Shelf

#: The others are told of within procedures, or are for our own pages.
TOLD = ("units", "calendar", "addresses")


def republish_catalogue(shelf: Shelf, registers: Registers) -> int:
    """Returns how many documents were said again."""
    said = 0
    for register in REGISTERS:
        for entry in registers.all(register):
            registers.repeat(register, entry.code)
            said += register in TOLD
    for code in shelf.standings():
        shelf.repeat(code)
        said += 1
    return said
