# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: an event loop inside

import asyncio


async def work(a, b):
    await asyncio.sleep(0)
    return sorted(a + b)


def merge(a, b):
    return asyncio.run(work(a, b))
