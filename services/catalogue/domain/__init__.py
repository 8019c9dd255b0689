"""What the catalogue knows, in plain Python: procedures and their definitions, units, the calendar, life events,
and the index that searches."""
