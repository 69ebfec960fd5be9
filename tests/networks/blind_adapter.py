"""An adapter that takes any file, for tests of what is refused before or in spite of it."""

from data.sources.reading import READING, Reading

SOURCE = "blind"
PARSER_VERSION = 1


def read(content: bytes, file: str) -> Reading:
    """A reading without a row and without a finding."""
    return Reading(SOURCE, file, "", PARSER_VERSION, READING.empty())
