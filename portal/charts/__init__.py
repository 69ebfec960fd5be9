"""Tidy tables in, figures and shown tables out. No Streamlit."""
