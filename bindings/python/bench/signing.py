"""The headers of a request, as a user makes them."""

import hashlib
import time

from fixture import API_KEY, API_SECRET


def headers() -> dict[str, str]:
    """Signs with the time of now."""
    timestamp = str(int(time.time()))
    return {
        "Content-Type": "application/json;charset=UTF-8",
        "Api-Key": API_KEY,
        "Sign": hashlib.md5(f"{API_KEY}{API_SECRET}{timestamp}".encode()).hexdigest(),
        "Timestamp": timestamp,
    }
