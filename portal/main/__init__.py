"""The portal's entry script, in a folder of its own: beside the pages it would let a first request run a page before the navigation."""
