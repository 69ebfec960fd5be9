"""Forecasting methods: each takes monthly series and gives months ahead."""
