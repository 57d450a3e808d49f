"""Putting a built site online: into a folder, on a Git branch, or as a Hugging Face Space."""
