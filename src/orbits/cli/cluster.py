"""The samples of a sweep on a Dask cluster, as they finish."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Answer = TypeVar("Answer")
_PATIENCE = 20.0  # s for the scheduler to answer


def on_cluster(
    address: str, task: Callable[[int], Answer], numbers: Sequence[int]
) -> Iterator[Answer]:
    """Yield ``task(number)`` for each number, computed by the workers of a scheduler.

    Workers need this package of the same version and, where a mission names files, the same
    folder. What is not finished is cancelled when the caller stops.

    Parameters
    ----------
    address : str
        Of the scheduler, as "tcp://host:8786".

    Raises
    ------
    DataError
        If the package distributed is missing here, the scheduler does not answer, or a worker
        lacks this package.
    """
    from orbits.errors import DataError

    try:
        from distributed import Client, as_completed  # type: ignore[import-not-found]
    except ImportError:
        raise DataError(
            "--scheduler needs the package distributed: pip install 'orbits[cluster]', or "
            "leave it out to use the processors of this machine"
        ) from None
    try:
        client = Client(address, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        raise DataError(
            f"no scheduler answers at {address}: {error}; start one with `dask scheduler` and "
            "workers with `dask worker`, or correct the address"
        ) from None
    with client:
        waiting = client.map(task, list(numbers), pure=False)
        try:
            for one in as_completed(waiting):
                yield one.result()
        except ModuleNotFoundError as error:
            raise DataError(
                f"a worker of {address} lacks {error.name}: install orbits there too"
            ) from None
        finally:
            client.cancel(waiting)
