"""Looks after broadcasts whose time has come. Any number may, each row by one of them at a time."""

from tactful.broadcasts.actions import House, begin_due, feed_next, finish_done


def look_after(house: House) -> bool:
    """One round. Answers whether there was anything to do."""
    begun = begin_due(house=house) is not None
    fed = feed_next(now=house.moment.now)
    return bool(finish_done(now=house.moment.now)) or begun or fed > 0
