"""Optimisation models. Imports `data` only; Pyomo is imported nowhere else."""
