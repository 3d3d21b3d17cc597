"""Throttle counters: an item for each window, with a number for each counter; it expires when the window ends."""

from lambdo.models.throttle import Throttle
from lambdo.store import keys, table, writes
from lambdo.store.wire import Item

type Counts = dict[str, int]


def get(throttle: Throttle, start: int) -> Counts:
    """Return the counts in the window that began at a Unix second. One call, 1 RRU."""
    return _counts(throttle, table.get(keys.throttle(throttle.name, throttle.who), keys.window(start)))


def add(throttle: Throttle, start: int) -> Counts | None:
    """Raise each counter by one, unless one of them has reached its quota. One call, 1 WRU.

    Returns
    -------
    Counts | None
        None on success; otherwise the counts as they stand.
    """
    below = (f"(attribute_not_exists({counter}) OR {counter} < :{counter})" for counter in throttle.quotas)
    try:
        table.update(
            writes.update(
                keys.throttle(throttle.name, throttle.who),
                keys.window(start),
                {"expires_at": start + throttle.seconds},
                condition=" AND ".join(below),
                values={f":{counter}": quota for counter, quota in throttle.quotas.items()},
                add=dict.fromkeys(throttle.quotas, 1),
            )
        )
    except table.ConditionFailedError as error:
        return _counts(throttle, error.current)
    return None


def _counts(throttle: Throttle, item: Item | None) -> Counts:
    return {counter: (item or {}).get(counter, 0) for counter in throttle.quotas}
