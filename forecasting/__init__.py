"""Demand forecasts and waiting-list dynamics. Imports `data` only; hands over nouns that `data` owns."""
