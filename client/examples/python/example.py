"""A busy main function and an asyncio one, with heartbeats while they run, and a single heartbeat at the end.

Start: SERVICE_REGISTRY_URL=http://127.0.0.1:8765 python3 client/examples/python/example.py
"""

import asyncio
import os
import time

from stillbeat_client import heartbeat, heartbeat_for_async, heartbeat_for_sync

PERIOD_SECONDS = float(os.environ.get('PERIOD_SECONDS', '300'))
WORK_SECONDS = float(os.environ.get('WORK_SECONDS', '10'))


@heartbeat_for_sync('example-python-sync', PERIOD_SECONDS)
def busy() -> str:
    end = time.monotonic() + WORK_SECONDS
    while time.monotonic() < end:
        pass
    return 'done'


@heartbeat_for_async('example-python-async', PERIOD_SECONDS)
async def polite() -> str:
    await asyncio.sleep(WORK_SECONDS)
    return 'done'


print(f'python: sync main {busy()}')
print(f'python: async main {asyncio.run(polite())}')
print(f'python: one heartbeat stored: {heartbeat("example-python")}')
