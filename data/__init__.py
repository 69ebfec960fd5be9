"""The nouns of the product, their declarations, checks, sources and store. Imports nothing else of ours."""
