"""Genres, section types, formulations, structure and facts: small engines over data files."""
