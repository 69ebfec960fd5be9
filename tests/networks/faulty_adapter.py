"""An adapter with a fault, for tests of what happens then."""

SOURCE = "faulty"
PARSER_VERSION = 1


def read(content: bytes, file: str) -> None:
    """Raises, with the content in the message."""
    raise KeyError(content)
