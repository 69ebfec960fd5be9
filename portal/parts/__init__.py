"""What pages are put together from. Streamlit, and no arithmetic."""
