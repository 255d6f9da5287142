"""Heartbeats from Python: one file to copy, Python 3.9 or newer, standard library only.

    from stillbeat_client import heartbeat, heartbeat_for_async, heartbeat_for_sync, job

    @job('nightly-backup')               # what has an end: its start, and its success or failure
    def backup(): ...                    # or async def; or: with job('nightly-backup'): ...

    @heartbeat_for_sync('my-worker')     # what runs for ever: a heartbeat now and every 5 minutes
    def main(): ...

    heartbeat('my-script')               # one heartbeat

The monitor's address comes from SERVICE_REGISTRY_URL (else http://127.0.0.1:8765), its key from SERVICE_REGISTRY_KEY.
Nothing here raises or keeps a program running: when the monitor is away, the logger `stillbeat` says so once.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import logging
import os
import random
import signal
import threading
import time
import traceback
import uuid
from base64 import b64encode
from concurrent.futures import Future
from typing import Any, Awaitable, Callable, Mapping, Optional, TypeVar
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

__all__ = ['heartbeat', 'aheartbeat', 'heartbeat_for_sync', 'heartbeat_for_async', 'job']

log = logging.getLogger('stillbeat')
Function = TypeVar('Function', bound=Callable[..., Any])
Metadata = Optional[Mapping[str, Any]]

RETRY_SECONDS = 60.0
PERIOD_SECONDS = 300.0
# What the monitor keeps of a failure, in characters.
MESSAGE_LIMIT = 2000
OUTPUT_LIMIT = 10000


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
        beat = _beat(service_key, url, key, metadata, timeout)
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
        beat = _beat(service_key, url, key, metadata, timeout)
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

    It is for a function that runs for ever; one that ends is a `job`. A busy Python loop does not stop the heartbeats;
    C code that keeps the interpreter lock does.
    """

    def beat_until(stop: threading.Event) -> None:
        try:
            period = _seconds(period_seconds)
            beat = _beat(service_key, url, key, metadata, timeout)
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
            handled = _handles_signals()
            _start(functools.partial(beat_until, stop))
            try:
                result = function(*args, **kwargs)
                _tell_end(service_key, handled, ASYNC_HINT if inspect.isawaitable(result) else HINT)
                return result
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
    """Decorator or wrapper: `aheartbeat` while the async function runs; for asyncio.

    It is for a function that runs for ever; one that ends is a `job`.
    """

    def wrap(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(function)
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            handled = _handles_signals()
            beating = asyncio.ensure_future(
                aheartbeat(service_key, period_seconds, url=url, key=key, metadata=metadata, timeout=timeout)
            )
            try:
                result = await function(*args, **kwargs)
                _tell_end(service_key, handled, HINT)
                return result
            finally:
                beating.cancel()

        return wrapped

    return wrap


class job:
    """A job with an end: tells its start, and then its success or failure with duration and error.

        with job('nightly-backup'): ...         async with job('nightly-backup'): ...

        @job('nightly-backup')
        def backup(): ...                       # or async def, or a generator: it runs while it is iterated

    What is raised inside goes on as it was. At the end it waits until the monitor is told, for `timeout` seconds at
    most, and for one second at most while the monitor is known to be away. One object is for one `with` at a time.
    """

    def __init__(
        self, service_key: str, *, url: str | None = None, key: str | None = None, timeout: float = 10.0
    ) -> None:
        self._new_run = functools.partial(_Run, service_key, url, key, timeout)
        self._run: _Run | None = None

    def __call__(self, function: Function) -> Function:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def run_async(*args: Any, **kwargs: Any) -> Any:
                async with _Within(self._new_run()):
                    return await function(*args, **kwargs)

            return run_async  # type: ignore[return-value]

        # The call of a generator function returns before any of it has run.
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def run_generator(*args: Any, **kwargs: Any) -> Any:
                with _Within(self._new_run()):
                    return (yield from function(*args, **kwargs))

            return run_generator  # type: ignore[return-value]

        if inspect.isasyncgenfunction(function):

            @functools.wraps(function)
            async def run_async_generator(*args: Any, **kwargs: Any) -> Any:
                async with _Within(self._new_run()):
                    async for value in function(*args, **kwargs):
                        yield value

            return run_async_generator  # type: ignore[return-value]

        @functools.wraps(function)
        def run_sync(*args: Any, **kwargs: Any) -> Any:
            with _Within(self._new_run()):
                return function(*args, **kwargs)

        return run_sync  # type: ignore[return-value]

    def __enter__(self) -> None:
        self._run = self._new_run()

    def __exit__(self, _type: Any, error: BaseException | None, _traceback: Any) -> None:
        if self._run:
            self._run.wait_for(self._run.end(error))

    async def __aenter__(self) -> None:
        self._run = self._new_run()

    async def __aexit__(self, _type: Any, error: BaseException | None, _traceback: Any) -> None:
        if self._run:
            await self._run.await_for(self._run.end(error))


class _Within(job):
    """One run of a decorated function, which may run several times at once."""

    def __init__(self, run: _Run) -> None:
        self._new_run = lambda: run
        self._run = None


class _Run:
    """A run of a job. A thread tells its start and then its end: a start after its end would look like one without."""

    def __init__(self, service_key: str, url: str | None, key: str | None, timeout: float) -> None:
        self.service_key = service_key
        self.started_at = time.monotonic()
        self.ended = threading.Event()
        self.ending: dict[str, Any] = {}
        self.told: Future[None] = Future()
        self.told.set_running_or_notify_cancel()
        self.timeout = 0.0
        try:
            self.timeout = _seconds(timeout)
            run_id = uuid.uuid4().hex
            self.signal = lambda kind, **more: _signal(service_key, url, key, timeout, kind=kind, runId=run_id, **more)
            start = self.signal('start')
            self.monitor = start.monitor
            if not _start(functools.partial(self._tell, start)):
                self.timeout = 0.0
        except Exception as error:
            self.timeout = 0.0
            log.warning('no signals of the job %r: %r', service_key, error)

    def _tell(self, start: _Call) -> None:
        try:
            _deliver(start, RETRY_SECONDS, self.ended)
            self.ended.wait()
            superseded = _newest_end(self.monitor, self.service_key)
            end = self.signal(**self.ending)
            if _is_away(self.monitor):
                # One try. A monitor that is away must not slow the program down, job after job.
                if _deliver(end, 0, superseded):
                    return
                self.told.set_result(None)
            _deliver(end, RETRY_SECONDS, superseded)
        except Exception as error:
            log.warning('no signals of the job %r: %r', self.service_key, error)
        finally:
            if not self.told.done():
                self.told.set_result(None)

    def end(self, error: BaseException | None) -> float:
        """Lets the end be told. Returns how long to wait for that, in seconds."""
        try:
            duration_ms = max(0.0, (time.monotonic() - self.started_at) * 1000)
            self.ending = {**_described(error), 'durationMs': duration_ms}
            self.ended.set()
            return min(1.0, self.timeout) if self.timeout and _is_away(self.monitor) else self.timeout
        except Exception as fault:
            log.warning('no end of the job %r: %r', self.service_key, fault)
            return 0.0

    def wait_for(self, seconds: float) -> None:
        try:
            self.told.result(seconds)
        except Exception:
            pass  # It goes on being told while the program runs.

    async def await_for(self, seconds: float) -> None:
        told = asyncio.Event()
        loop = asyncio.get_running_loop()

        def tell(_: Future[None]) -> None:
            try:
                loop.call_soon_threadsafe(told.set)
            except RuntimeError:
                pass  # The loop has ended meanwhile.

        self.told.add_done_callback(tell)
        try:
            await asyncio.wait_for(told.wait(), seconds)
        except asyncio.TimeoutError:
            pass


def _described(error: BaseException | None) -> dict[str, Any]:
    """How a run ended. `sys.exit()` without a fault is a success, and so is a generator that is left early."""
    if error is None or isinstance(error, GeneratorExit):
        return {'kind': 'success'}
    if isinstance(error, SystemExit) and error.code in (None, 0):
        return {'kind': 'success'}
    try:
        told = {'kind': 'fail', 'message': _text(f'{type(error).__name__}: {error}'.removesuffix(': '))[:MESSAGE_LIMIT]}
        if isinstance(error, SystemExit):
            is_code = isinstance(error.code, int)
            return {**told, 'exitCode': int(error.code) if is_code else 1, 'message': _exit_text(error)}
        lines = traceback.format_exception(type(error), error, error.__traceback__)
        return {**told, 'output': _text(''.join(lines))[-OUTPUT_LIMIT:]}
    except Exception:
        return {'kind': 'fail', 'message': f'it failed with {type(error).__name__}, which cannot be shown as text'}


def _exit_text(error: SystemExit) -> str:
    return f'exit code {error.code}' if isinstance(error.code, int) else _text(str(error.code))[:MESSAGE_LIMIT]


def _text(text: str) -> str:
    """Names of files may have bytes that are no text, which JSON cannot hold."""
    return text.encode('utf-8', 'replace').decode()


def _in_thread(beat: _Call, retry_for: float, stop: threading.Event) -> Future[bool]:
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


class _Call:
    """A request to the monitor, which may be repeated."""

    def __init__(
        self, what: str, service_key: str, path: str, body: Any, url: str | None, key: str | None, timeout: float
    ) -> None:
        self.what = what
        self.service_key = service_key
        self.timeout = _seconds(timeout)
        parts = urlsplit((url or os.environ.get('SERVICE_REGISTRY_URL') or 'http://127.0.0.1:8765').rstrip('/'))
        if parts.scheme not in ('http', 'https'):
            raise ValueError('the address must begin with http:// or https://, e.g. http://127.0.0.1:8765')
        user, at, host = parts.netloc.rpartition('@')
        self.monitor = parts._replace(netloc=host).geturl()
        address = parts._replace(netloc=host, path=f'{parts.path}{path}').geturl()
        headers = {'Content-Type': 'application/json'}
        secret = key or os.environ.get('SERVICE_REGISTRY_KEY')
        if secret:
            headers['X-Api-Key'] = secret
        if at:
            headers['Authorization'] = f'Basic {b64encode(unquote(user).encode()).decode()}'
        self.request = Request(address, json.dumps(body).encode(), headers, method='POST')

    def send(self) -> None:
        with urlopen(self.request, timeout=self.timeout) as response:
            answer = json.loads(response.read(65536))
            if answer.get('result', {}).get('data', answer).get('status') != 'ok':
                raise ValueError('the answer is not Stillbeat’s')


def _beat(service_key: str, url: str | None, key: str | None, metadata: Metadata, timeout: float) -> _Call:
    body = {'service_key': service_key, **({'metadata': metadata} if metadata is not None else {})}
    return _Call('heartbeat', service_key, '/heartbeat', body, url, key, timeout)


def _signal(service_key: str, url: str | None, key: str | None, timeout: float, **signal: Any) -> _Call:
    body = {'serviceKey': service_key, **signal}
    return _Call(f'{signal["kind"]} signal', service_key, '/trpc/signal', body, url, key, timeout)


def _deliver(call: _Call, retry_for: float, stop: threading.Event) -> bool:
    """True once it is stored; repeats with growing pauses until it is refused or `retry_for` seconds are over."""
    until = time.monotonic() + retry_for
    pause = 1.0
    while True:
        try:
            call.send()
        except Exception as error:
            refused = isinstance(error, HTTPError) and 400 <= error.code < 500 and error.code not in (408, 429)
            _tell_failure(call, error, refused)
            wait = max(pause, _retry_after(error)) * random.uniform(1.0, 1.5)
            if refused or time.monotonic() + wait > until or stop.wait(wait):
                return False
            pause = min(pause * 2, 30.0)
        else:
            _tell_recovery(call)
            return True


def _retry_after(error: Exception) -> float:
    try:
        return float(error.headers.get('Retry-After', 0)) if isinstance(error, HTTPError) else 0.0
    except ValueError:
        return 0.0


# What has been logged as failing: a monitor that is away once for all services, a refusal once for each.
_failing: set[tuple[str, str | None]] = set()
_telling = threading.Lock()


def _tell_failure(call: _Call, error: Exception, refused: bool) -> None:
    what = (call.monitor, call.service_key if refused else None)
    with _telling:
        if what in _failing:
            return
        _failing.add(what)
    log.warning('no %s for %r at %s: %s; %s', call.what, call.service_key, call.monitor, error, _cure(error))


def _tell_recovery(call: _Call) -> None:
    with _telling:
        before = len(_failing)
        _failing.difference_update([(call.monitor, call.service_key), (call.monitor, None)])
        if len(_failing) == before:
            return
    log.info('heartbeats for %r reach %s again', call.service_key, call.monitor)


def _is_away(monitor: str) -> bool:
    return (monitor, None) in _failing


# The newest end of each service that is being told. It stops the retries of the one before.
_ends: dict[tuple[str, str], threading.Event] = {}


def _newest_end(monitor: str, service_key: str) -> threading.Event:
    superseded = threading.Event()
    with _telling:
        before = _ends.get((monitor, service_key))
        _ends[(monitor, service_key)] = superseded
    if before:
        before.set()
    return superseded


HINT = 'for a function with an end use job()'
ASYNC_HINT = 'for an async function use heartbeat_for_async(), or job() if it ends'
# How long a program may take to stop. One that still runs then was not asked to.
LONGEST_STOP_SECONDS = 30.0
_ended: set[str] = set()


def _tell_end(service_key: str, handled: bool, hint: str) -> None:
    """Says once for each service that its function has ended, which the monitor takes for a fault.

    Where a signal may have ended it, it is said only if the program still runs half a minute later.
    """
    try:
        with _telling:
            if service_key in _ended:
                return
            _ended.add(service_key)
        sentence = 'the function of %r has ended, and its silence will be taken for a fault: %s'
        tell = functools.partial(log.warning, sentence, service_key, hint)
        if not (handled or _handles_signals()):
            return tell()
        timer = threading.Timer(LONGEST_STOP_SECONDS, tell)
        timer.daemon = True
        timer.start()
    except Exception:
        pass


def _handles_signals() -> bool:
    """Whether the program has handlers of its own for signals that ask it to stop."""
    try:
        names = ('SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGBREAK', 'SIGUSR1', 'SIGUSR2')
        handlers = [signal.getsignal(getattr(signal, name)) for name in names if hasattr(signal, name)]
        # The default and asyncio.run() raise, and what raises has not ended by itself.
        own = [one for one in handlers if callable(one) and one is not signal.default_int_handler]
        return any(getattr(getattr(one, 'func', None), '__module__', '') != 'asyncio.runners' for one in own)
    except Exception:
        return False


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
