"""Example networks as folders of tables, and the generator of their synthetic history."""
