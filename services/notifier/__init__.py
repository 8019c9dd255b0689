"""Tells people what happened to their dossiers, each thing once."""
