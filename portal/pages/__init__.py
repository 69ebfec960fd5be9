"""One planner question per file, run by the navigation in `portal/main/app.py`."""
