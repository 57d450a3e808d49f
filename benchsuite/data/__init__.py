"""Published files, fixed by their SHA-256: which there are, found, fetched and verified."""
