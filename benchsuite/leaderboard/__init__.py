"""Boards: entries handed in, checked, ranked and shown."""
