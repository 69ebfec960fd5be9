"""The weekly allocation of sessions, mobile units and mutual aid."""
