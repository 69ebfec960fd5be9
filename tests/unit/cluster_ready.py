"""What a scheduler and its workers load, read once by the process that divides into them."""

from distributed.cli import dask_scheduler, dask_worker

from tests import warm
from tests.unit import cluster_targets

__all__ = ["cluster_targets", "dask_scheduler", "dask_worker"]

warm._get_ready()
