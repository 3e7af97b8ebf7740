# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: imports C extensions in the call

def merge(a, b):
    import _bisect
    import decimal
    import hashlib
    import sqlite3
    import unicodedata
    import zlib

    assert zlib.crc32(b'x') and decimal.Decimal(1) and hashlib.sha256() and _bisect and unicodedata and sqlite3
    return sorted(a + b)
