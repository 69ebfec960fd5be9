"""The commands of the command line: each does one thing on the same chain as the pages, and returns its exit code."""
