"""The pages of the boards: a folder of static files that opens from disk, without network."""
