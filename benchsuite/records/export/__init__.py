"""A run's measurements in formats that other software reads. One format a file."""
