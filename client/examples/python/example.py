"""Two jobs with an end, one of them for asyncio, and then a worker that runs for ever; Ctrl-C ends it.

Start: SERVICE_REGISTRY_URL=http://127.0.0.1:8765 python3 client/examples/python/example.py
"""

import asyncio
import os
import time

from stillbeat_client import heartbeat, heartbeat_for_sync, job

PERIOD_SECONDS = float(os.environ.get('PERIOD_SECONDS', '300'))


@job('example-python-import')
def import_orders() -> int:
    return sum(range(1000))


async def send_report(orders: int) -> None:
    async with job('example-python-report'):
        await asyncio.sleep(0.1)
        print(f'python: reported {orders}', flush=True)


@heartbeat_for_sync('example-python-worker', PERIOD_SECONDS)
def work() -> None:
    while True:
        time.sleep(0.01)


asyncio.run(send_report(import_orders()))
print(f'python: one heartbeat stored: {heartbeat("example-python")}', flush=True)
work()
