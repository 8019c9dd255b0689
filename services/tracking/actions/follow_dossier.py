"""Take one event of a dossier into its timeline."""

from services.tracking.actions.ports import Board
from services.tracking.domain.dossier import Heard, follow


def follow_dossier(board: Board, heard: Heard) -> None:
    number = board.number(heard.identity_number) if heard.identity_number else None
    known = board.find(heard.dossier_id)
    followed = follow(known, heard, number)
    if followed is not known:
        board.keep(followed)
