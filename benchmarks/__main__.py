"""`python -m benchmarks` (or `make bench`): seconds of each step, each in proportion to the time inside the solver of the same run, and the goals.

Nothing is written into the repository: the store, the plan and its files live in a temporary folder.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import goals
from benchmarks.imaging import imaging
from benchmarks.measure import opening_pages, planning, reading


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--weeks", type=int, default=52, help="length of the plan (default 52)")
    parser.add_argument("--gap", type=float, default=0.01, help="gap asked for (default 0.01)")
    parser.add_argument("--examinations", type=int, default=1_500_000, help="size of the imaging extract (default 1,500,000)")
    parser.add_argument("--goal-weeks", type=int, default=13, help="length of the plans that are held against the goals (default 13)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        extract = imaging(Path(folder), options.examinations)
        lines = planning(Path(folder), options.weeks, options.gap)
    lines += reading() + extract
    lines += opening_pages()
    inside = next(line.seconds for line in lines if line.is_solver)
    print(f"\n{'Step':<62}{'Seconds':>9}{'Of solver':>11}")
    print("-" * 82)
    for line in lines:
        print(f"{line.what:<62}{line.seconds:>9.2f}{line.seconds / inside:>11.2f}" if line.seconds else f"\n{line.what}")
    outside = sum(line.seconds for line in lines if line.counts)
    verdict = "kept" if outside <= goals.OUTSIDE * inside else "MISSED"
    print(f"\nOutside the solver over inside it: {outside:.2f} s / {inside:.2f} s = {outside / inside:.2f}. Goal {goals.OUTSIDE:.2f}: {verdict}.\n")
    goals.measured(options.goal_weeks, options.goal_weeks)
    print("For the goals at full length: python -m benchmarks.goals")


if __name__ == "__main__":
    main()
