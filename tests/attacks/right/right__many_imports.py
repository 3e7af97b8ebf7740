# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: imports half the library

import ast
import base64
import calendar
import collections
import contextlib
import copy
import csv
import datetime
import enum
import fractions
import inspect
import io
import logging
import operator
import pprint
import statistics
import struct
import textwrap
import uuid


def merge(a, b):
    return sorted(a + b)
