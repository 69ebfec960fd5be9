"""The portal: pages, command line and the engine that computes plans. Imports everything; nothing imports it."""
