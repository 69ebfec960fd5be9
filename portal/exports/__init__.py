"""Tidy tables as files: CSV, JSON and Excel. Works without Streamlit, for pages and the command line alike."""
