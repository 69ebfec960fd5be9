"""Equations of the workforce model: one function each, with its sentence, its mathematics and the units of both sides.

`m` is the Pyomo model: variables and parameters by name, `m.problem` for neighbours. Symbols as in `variables.py` and `parameters.py`.
"""
