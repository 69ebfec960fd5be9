"""One adapter for each published or local source: each turns a file as it is into a `Reading`."""
