"""`motcua doctor`: does every part answer, is everything fresh, and what is to be done where not."""

from services.doctor.command import group

__all__ = ["group"]
