"""What `deploy/init` runs once on a new server: secrets, folders and `.env` of one installation."""
