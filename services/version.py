"""The version of this software; a backup remembers it."""

VERSION = "0.2.0"
