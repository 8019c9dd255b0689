"""What the public may see of a dossier: where it is, since when, and until when it is due."""
