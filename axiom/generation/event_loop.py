"""An event loop in a thread of its own, so that a plain generator can keep many requests under way and take any back.

A blocking client's threads cannot be stopped in the middle of a request; a cancelled coroutine closes its connection at
once, and the server stops to work for it.
"""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")


class EventLoop:
    """Runs coroutines until the ``with`` block is left; then what is still under way is cancelled."""

    def __enter__(self) -> "EventLoop":
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="axiom-event-loop", daemon=True)
        self._thread.start()
        return self

    def start(self, coroutine: Coroutine[Any, Any, T]) -> "Future[T]":
        """Begin it; the future tells its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.start(_cancel_others()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
