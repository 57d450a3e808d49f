"""How fast the language-model core is, beside the software that people use for the same work."""
