"""Checking entries: what they hold, whether it agrees with itself, and whether it comes again."""
