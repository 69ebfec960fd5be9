"""Five years by quarter: whom to recruit, train, upskill and keep, and what temporary staff and providers do meanwhile."""
