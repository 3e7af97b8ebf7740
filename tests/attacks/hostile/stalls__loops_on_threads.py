# family: stalls
# expect: time_limit
# levels: namespaces process
# after: nothing
# note: burns every processor from threads while the main thread sleeps

import threading
import time
import zlib

DATA = bytes(50_000_000)


def burn():
    while True:
        zlib.crc32(DATA)  # releases the interpreter's lock


def merge(a, b):
    for _ in range(4):
        threading.Thread(target=burn, daemon=True).start()
    time.sleep(60)
