"""An entry's seed trained again here."""
