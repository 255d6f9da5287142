"""Heartbeats from Python: one file to copy, Python 3.9 or newer, standard library only.

    from stillbeat_client import heartbeat, heartbeat_for_async, heartbeat_for_sync

    heartbeat('nightly-backup')          # one, e.g. at the end of a script

    @heartbeat_for_sync('my-worker')     # one now and one every 5 minutes while main runs
    def main(): ...

The monitor's address comes from SERVICE_REGISTRY_URL (else http://127.0.0.1:8765), its key from SERVICE_REGISTRY_KEY.
Nothing here raises or keeps a program running: when the monitor is away, the logger `stillbeat` says so once.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import os
import random
import threading
import time
from base64 import b64encode
from concurrent.futures import Future
from typing import Any, Awaitable, Callable, Mapping, Optional, TypeVar
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

__all__ = ['heartbeat', 'aheartbeat', 'heartbeat_for_sync', 'heartbeat_for_async']

log = logging.getLogger('stillbeat')
Function = TypeVar('Function', bound=Callable[..., Any])
Metadata = Optional[Mapping[str, Any]]

RETRY_SECONDS = 60.0
PERIOD_SECONDS = 300.0


def heartbeat(
    service_key: str,
    *,
    url: str | None = None,
    key: str | None = None,
    metadata: Metadata = None,
    timeout: float = 10.0,
    retry_for: float = RETRY_SECONDS,
) -> bool:
    """Sends one heartbeat and waits: True once it is stored, False when it could not be.

    Each request may take `timeout` seconds; after a failure it is repeated for up to `retry_for` seconds.
    With `retry_for=0` there is one request.
    """
    stop = threading.Event()
    try:
        beat = _Beat(service_key, url, key, metadata, timeout)
        return _in_thread(beat, retry_for, stop).result(retry_for + beat.timeout)
    except Exception as error:
        log.warning('no heartbeat for %r: %r', service_key, error)
        return False
    finally:
        stop.set()


async def aheartbeat(
    service_key: str,
    period_seconds: float = PERIOD_SECONDS,
    *,
    url: str | None = None,
    key: str | None = None,
    metadata: Metadata = None,
    timeout: float = 10.0,
) -> None:
    """Sends one heartbeat now and one every `period_seconds` until it is cancelled; for asyncio.

    It beats only while the event loop turns, so a loop that is stuck is noticed.
    """
    stop = threading.Event()
    try:
        period = _seconds(period_seconds)
        beat = _Beat(service_key, url, key, metadata, timeout)
        while True:
            next_at = time.monotonic() + period
            await asyncio.wrap_future(_in_thread(beat, period, stop))
            await asyncio.sleep(max(0.0, next_at - time.monotonic()))
    except Exception as error:
        log.warning('no heartbeats for %r: %r', service_key, error)
    finally:
        stop.set()


def heartbeat_for_sync(
    service_key: str,
    period_seconds: float = PERIOD_SECONDS,
    *,
    url: str | None = None,
    key: str | None = None,
    metadata: Metadata = None,
    timeout: float = 10.0,
) -> Callable[[Function], Function]:
    """Decorator or wrapper: a heartbeat now and every `period_seconds`, from a daemon thread, while the function runs.

    A busy Python loop does not stop them; C code that keeps the interpreter lock does. The end of the function is not
    delayed: for one that takes less than a moment, send a `heartbeat` instead.
    """

    def beat_until(stop: threading.Event) -> None:
        try:
            period = _seconds(period_seconds)
            beat = _Beat(service_key, url, key, metadata, timeout)
            while not stop.is_set():
                next_at = time.monotonic() + period
                _deliver(beat, period, stop)
                stop.wait(max(0.0, next_at - time.monotonic()))
        except Exception as error:
            log.warning('no heartbeats for %r: %r', service_key, error)

    def wrap(function: Function) -> Function:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            stop = threading.Event()
            _start(functools.partial(beat_until, stop))
            try:
                return function(*args, **kwargs)
            finally:
                stop.set()

        return wrapped  # type: ignore[return-value]

    return wrap


def heartbeat_for_async(
    service_key: str,
    period_seconds: float = PERIOD_SECONDS,
    *,
    url: str | None = None,
    key: str | None = None,
    metadata: Metadata = None,
    timeout: float = 10.0,
) -> Callable[[Callable[..., Awaitable[Any]]], Callable[..., Awaitable[Any]]]:
    """Decorator or wrapper: `aheartbeat` while the async function runs; for asyncio."""

    def wrap(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(function)
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            beating = asyncio.ensure_future(
                aheartbeat(service_key, period_seconds, url=url, key=key, metadata=metadata, timeout=timeout)
            )
            try:
                return await function(*args, **kwargs)
            finally:
                beating.cancel()

        return wrapped

    return wrap


def _in_thread(beat: _Beat, retry_for: float, stop: threading.Event) -> Future[bool]:
    """A thread of its own, because those of an executor are waited for when the program ends."""
    answer: Future[bool] = Future()

    def run() -> None:
        stored = _deliver(beat, retry_for, stop)
        if answer.set_running_or_notify_cancel():
            answer.set_result(stored)

    if not _start(run):
        answer.set_result(False)
    return answer


def _start(run: Callable[[], None]) -> bool:
    try:
        threading.Thread(target=run, name='stillbeat', daemon=True).start()
        return True
    except RuntimeError as error:
        log.warning('no heartbeats: %s', error)
        return False


class _Beat:
    def __init__(
        self,
        service_key: str,
        url: str | None = None,
        key: str | None = None,
        metadata: Metadata = None,
        timeout: float = 10.0,
    ) -> None:
        self.service_key = service_key
        self.timeout = _seconds(timeout)
        parts = urlsplit((url or os.environ.get('SERVICE_REGISTRY_URL') or 'http://127.0.0.1:8765').rstrip('/'))
        if parts.scheme not in ('http', 'https'):
            raise ValueError('the address must begin with http:// or https://, e.g. http://127.0.0.1:8765')
        user, at, host = parts.netloc.rpartition('@')
        self.address = parts._replace(netloc=host, path=f'{parts.path}/heartbeat').geturl()
        body = {'service_key': service_key, **({'metadata': metadata} if metadata is not None else {})}
        headers = {'Content-Type': 'application/json'}
        secret = key or os.environ.get('SERVICE_REGISTRY_KEY')
        if secret:
            headers['X-Api-Key'] = secret
        if at:
            headers['Authorization'] = f'Basic {b64encode(unquote(user).encode()).decode()}'
        self.request = Request(self.address, json.dumps(body).encode(), headers, method='POST')

    def send(self) -> None:
        with urlopen(self.request, timeout=self.timeout) as response:
            if json.loads(response.read(65536)).get('status') != 'ok':
                raise ValueError('the answer is not Stillbeat’s')


def _deliver(beat: _Beat, retry_for: float, stop: threading.Event) -> bool:
    """True once it is stored; repeats with growing pauses until it is refused or `retry_for` seconds are over."""
    until = time.monotonic() + retry_for
    pause = 1.0
    while True:
        try:
            beat.send()
        except Exception as error:
            refused = isinstance(error, HTTPError) and 400 <= error.code < 500 and error.code not in (408, 429)
            _tell_failure(beat, error, refused)
            wait = max(pause, _retry_after(error)) * random.uniform(1.0, 1.5)
            if refused or time.monotonic() + wait > until or stop.wait(wait):
                return False
            pause = min(pause * 2, 30.0)
        else:
            _tell_recovery(beat)
            return True


def _retry_after(error: Exception) -> float:
    try:
        return float(error.headers.get('Retry-After', 0)) if isinstance(error, HTTPError) else 0.0
    except ValueError:
        return 0.0


# What has been logged as failing: a monitor that is away once for all services, a refusal once for each.
_failing: set[tuple[str, str | None]] = set()
_telling = threading.Lock()


def _tell_failure(beat: _Beat, error: Exception, refused: bool) -> None:
    what = (beat.address, beat.service_key if refused else None)
    with _telling:
        if what in _failing:
            return
        _failing.add(what)
    log.warning('no heartbeat for %r at %s: %s; %s', beat.service_key, beat.address, error, _cure(error))


def _tell_recovery(beat: _Beat) -> None:
    with _telling:
        before = len(_failing)
        _failing.difference_update([(beat.address, beat.service_key), (beat.address, None)])
        if len(_failing) == before:
            return
    log.info('heartbeats for %r reach %s again', beat.service_key, beat.address)


def _cure(error: Exception) -> str:
    if isinstance(error, HTTPError) and error.code in (401, 403):
        return 'set SERVICE_REGISTRY_KEY to a key of the monitor'
    if isinstance(error, HTTPError) and error.code == 400:
        try:
            return str(json.loads(error.read(65536))['error']['message'])
        except Exception:
            return 'is this the address of a Stillbeat?'
    return 'further failures are not logged until it is back'


def _seconds(value: float) -> float:
    seconds = float(value)
    if not 0 < seconds <= threading.TIMEOUT_MAX:
        raise ValueError(f'{value!r} is not a number of seconds above 0')
    return seconds
