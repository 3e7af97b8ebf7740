"""The system calls that a program may make, as a classic BPF filter for the kernel (seccomp(2)), in pure Python.

Everything that is not named here fails with EPERM. What a program has no innocent reason to try (starting programs
and processes, sockets, tracing, mounting, other doors into the kernel) ends it with SIGSYS, by which the judge
knows it. ``clone3`` and ``openat2`` give ENOSYS, because a filter cannot see their arguments and the C library
falls back to calls whose arguments it can see. Foreign architectures and x32 are killed.

The filter comes in two parts, because a long one costs a millisecond to install: the zygote puts :func:`wide_filter` on
itself once, and each child adds the short :func:`narrow_filter`, which takes away what only the zygote may do. The
kernel runs both and the stricter answer counts.

Covered: x86_64 and aarch64. Memory is never writable and executable: a file of the read-only jail may be mapped
executable, which is how a library is loaded, and nothing else. Not covered: faults of the kernel in calls that are
allowed. Assumes: the jail holds no file that a program could have written.
"""

import ctypes
import errno
import platform
import struct
from collections.abc import Sequence

from axiom.errors import SandboxError

_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_DENY = _ERRNO | errno.EPERM
_LD_WORD, _JUMP_EQ, _JUMP_GE, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NR_OFFSET, _ARCH_OFFSET, _ARGS_OFFSET = 0, 4, 16
_X32_BIT = 0x40000000
_PROT_WRITE, _PROT_EXEC, _MAP_ANONYMOUS, _CLONE_THREAD = 0x2, 0x4, 0x20, 0x10000
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _SECCOMP_MODE_FILTER = 22, 38, 2
# What may be asked of a descriptor: no leases, no locks, and no signals on input, whose owner could be the zygote.
_F_DUPFD, _F_SETFL, _F_DUPFD_CLOEXEC, _F_SETPIPE_SZ = 0, 4, 1030, 1031
_FCNTLS = (*range(_F_DUPFD, _F_SETFL + 1), _F_DUPFD_CLOEXEC, _F_SETPIPE_SZ)
_TCGETS, _TCGETS2, _TIOCGWINSZ = 0x5401, 0x802C542A, 0x5413
_FIONREAD, _FIONBIO, _FIONCLEX, _FIOCLEX = 0x541B, 0x5421, 0x5450, 0x5451
_IOCTLS = (_TCGETS, _TCGETS2, _TIOCGWINSZ, _FIONREAD, _FIONBIO, _FIONCLEX, _FIOCLEX)

# name: (x86_64, aarch64); None where the machine has no such call.
_ALLOWED: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63), "write": (1, 64), "open": (2, None), "close": (3, 57), "stat": (4, None), "fstat": (5, 80),
    "lstat": (6, None), "poll": (7, None), "lseek": (8, 62), "munmap": (11, 215), "brk": (12, 214),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "pread64": (17, 67), "readv": (19, 65), "writev": (20, 66), "access": (21, None), "pipe": (22, None),
    "select": (23, None), "sched_yield": (24, 124), "mremap": (25, 216), "madvise": (28, 233), "dup": (32, 23),
    "dup2": (33, None), "pause": (34, None), "nanosleep": (35, 101), "getitimer": (36, 102), "alarm": (37, None),
    "setitimer": (38, 103), "getpid": (39, 172), "socketpair": (53, 199), "exit": (60, 93), "uname": (63, 160),
    "getdents": (78, None), "getcwd": (79, 17), "readlink": (89, None), "gettimeofday": (96, 169),
    "getrlimit": (97, 163), "getrusage": (98, 165), "sysinfo": (99, 179), "times": (100, 153),
    "getuid": (102, 174), "getgid": (104, 176), "geteuid": (107, 175), "getegid": (108, 177), "getppid": (110, 173),
    "getpgrp": (111, None), "rt_sigpending": (127, 136), "rt_sigtimedwait": (128, 137), "sigaltstack": (131, 132),
    "statfs": (137, 43), "fstatfs": (138, 44), "gettid": (186, 178), "time": (201, None), "futex": (202, 98),
    "sched_getaffinity": (204, 123), "getdents64": (217, 61), "restart_syscall": (219, 128),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115),
    "exit_group": (231, 94), "epoll_wait": (232, None), "epoll_ctl": (233, 21), "openat": (257, 56),
    "newfstatat": (262, 79), "readlinkat": (267, 78), "faccessat": (269, 48), "pselect6": (270, 72),
    "ppoll": (271, 73), "set_robust_list": (273, 99), "epoll_pwait": (281, 22), "eventfd2": (290, 19),
    "epoll_create1": (291, 20), "dup3": (292, 24), "pipe2": (293, 59), "preadv": (295, 69),
    "getrandom": (318, 278), "membarrier": (324, 283), "statx": (332, 291), "rseq": (334, 293),
    "close_range": (436, 436), "faccessat2": (439, 439), "getcpu": (309, 168), "get_robust_list": (274, 100),
    "recvfrom": (45, 207), "sendto": (44, 206), "recvmsg": (47, 212), "shutdown": (48, 210),
}  # fmt: skip
_KILLED: dict[str, tuple[int | None, int | None]] = {
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None), "socket": (41, 198),
    "connect": (42, 203), "accept": (43, 202), "accept4": (288, 242), "bind": (49, 200), "listen": (50, 201),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "mount": (165, 40),
    "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268),
    "bpf": (321, 280), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "userfaultfd": (323, 282),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "personality": (135, 92), "perf_event_open": (298, 241),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225),
    "pidfd_getfd": (438, 438), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
    "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264), "setuid": (105, 146), "setgid": (106, 144),
    "setreuid": (113, 145), "setregid": (114, 143), "setresuid": (117, 147), "setresgid": (119, 149),
    "setgroups": (116, 159), "setfsuid": (122, 151), "setfsgid": (123, 152), "capset": (126, 91),
    "fsopen": (430, 430), "fsmount": (432, 432), "fsconfig": (431, 431), "fspick": (433, 433),
    "move_mount": (429, 429), "open_tree": (428, 428), "mount_setattr": (442, 442), "mknod": (133, None),
    "mknodat": (259, 33), "quotactl": (179, 60), "acct": (163, 89), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171), "iopl": (172, None),
    "ioperm": (173, None), "sethostname": (170, 161), "setdomainname": (171, 162),
    "syslog": (103, 116), "vhangup": (153, 58), "lookup_dcookie": (212, 18), "kcmp": (312, 272),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "semget": (64, 190), "semop": (65, 193),
    "semctl": (66, 191), "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187),
    "mq_open": (240, 180), "modify_ldt": (154, None), "uselib": (134, None), "fanotify_init": (300, 262),
    "landlock_create_ruleset": (444, 444), "process_madvise": (440, 440), "migrate_pages": (256, 238),
    "move_pages": (279, 239), "mbind": (237, 235), "set_mempolicy": (238, 237), "setpgid": (109, 154),
}  # fmt: skip
# What the zygote does for its children, or a child before it meets its program; then killed, or refused.
_ZYGOTE_KILLED: dict[str, tuple[int | None, int | None]] = {"setsid": (112, 157), "seccomp": (317, 277)}
_ZYGOTE_REFUSED: dict[str, tuple[int | None, int | None]] = {
    "prctl": (157, 167), "wait4": (61, 260), "sendmsg": (46, 211), "setrlimit": (160, 164),
}  # fmt: skip
_NOT_THERE: dict[str, tuple[int | None, int | None]] = {"clone3": (435, 435), "openat2": (437, 437)}
_CLONE: tuple[int | None, int | None] = (56, 220)
_MAPPING: dict[str, tuple[int | None, int | None]] = {
    "mmap": (9, 222), "mprotect": (10, 226), "pkey_mprotect": (329, 288),
}  # fmt: skip
_OF_DESCRIPTORS: dict[str, tuple[int | None, int | None]] = {"fcntl": (72, 25), "ioctl": (16, 29)}
_SIGNALS: dict[str, tuple[int | None, int | None]] = {
    "kill": (62, 129), "tgkill": (234, 131), "tkill": (200, 130), "prlimit64": (302, 261),
}  # fmt: skip
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_Table = dict[str, tuple[int | None, int | None]]
_Instruction = tuple[int, int, int, int]


def wide_filter(machine: str | None = None) -> list[_Instruction]:
    """What the zygote needs, as instructions (code, jump if true, jump if false, constant).

    Args:
        machine: as ``platform.machine()`` names it; None takes this one.

    Raises:
        SandboxError: for a machine whose system calls are not listed.
    """
    machine = machine or platform.machine()
    if machine not in _MACHINES:
        raise SandboxError(f"no system-call list for {machine}; choose isolation 'process' or one of {[*_MACHINES]}")
    column, audit_arch = _MACHINES[machine]
    program = [
        _load(_ARCH_OFFSET),
        (_JUMP_EQ, 1, 0, audit_arch),
        _give(_KILL),
        _load(_NR_OFFSET),
    ]
    if machine == "x86_64":
        program += [(_JUMP_GE, 0, 1, _X32_BIT), _give(_KILL)]
    zygote = {**_ZYGOTE_KILLED, **_ZYGOTE_REFUSED, **_SIGNALS, "clone": _CLONE}
    for table, action in ((_ALLOWED | zygote, _ALLOW), (_KILLED, _KILL), (_NOT_THERE, _ERRNO | errno.ENOSYS)):
        program += _each(table, column, [_give(action)])
    program += _each({"mmap": _MAPPING["mmap"]}, column, _no_writable_code())
    protect = {name: _MAPPING[name] for name in ("mprotect", "pkey_mprotect")}
    program += _each(protect, column, [*_argument(2), (_JUMP_SET, 0, 1, _PROT_EXEC), _give(_DENY), _give(_ALLOW)])
    for name, commands in (("fcntl", _FCNTLS), ("ioctl", _IOCTLS)):
        program += _each({name: _OF_DESCRIPTORS[name]}, column, _one_of(commands))
    return [*program, _give(_DENY)]


def narrow_filter(*, pid: int, machine: str | None = None) -> list[_Instruction]:
    """What a child gives up on top: new processes, signals to others, the zygote's own calls.

    Threads stay: programs that need a deep stack start one; the address space bounds how many.

    Args:
        pid: the child, as the jail numbers it; it may signal itself.
        machine: as for :func:`wide_filter`.
    """
    column, _ = _MACHINES[machine or platform.machine()]
    clone = [*_argument(0), (_JUMP_SET, 0, 1, _CLONE_THREAD), _give(_ALLOW), _give(_KILL)]
    own = {name: entry for name, entry in _SIGNALS.items() if name != "prlimit64"}
    program = [_load(_NR_OFFSET)]
    program += _each({"clone": _CLONE}, column, clone)
    program += _each(own, column, [*_argument(0), (_JUMP_EQ, 0, 1, pid), _give(_ALLOW), _give(_DENY)])
    limits = [*_argument(0), (_JUMP_EQ, 0, 1, 0), _give(_ALLOW), _give(_DENY)]
    program += _each({"prlimit64": _SIGNALS["prlimit64"]}, column, limits)
    program += _each(_ZYGOTE_KILLED, column, [_give(_KILL)])
    program += _each(_ZYGOTE_REFUSED, column, [_give(_DENY)])
    return [*program, _give(_ALLOW)]


def _each(table: _Table, column: int, action: list[_Instruction]) -> list[_Instruction]:
    """For each call of the table: if it is this one, do the action, which returns."""
    numbers = [number for entry in table.values() if (number := entry[column]) is not None]
    return [step for number in numbers for step in ((_JUMP_EQ, 0, len(action), number), *action)]


def _no_writable_code() -> list[_Instruction]:
    """``mmap``: executable only without write access and from a file."""
    return [
        *_argument(2),
        (_JUMP_SET, 1, 0, _PROT_EXEC),
        _give(_ALLOW),
        (_JUMP_SET, 0, 1, _PROT_WRITE),
        _give(_DENY),
        *_argument(3),
        (_JUMP_SET, 0, 1, _MAP_ANONYMOUS),
        _give(_DENY),
        _give(_ALLOW),
    ]


def _one_of(commands: Sequence[int]) -> list[_Instruction]:
    """A call whose second argument is one of these."""
    allowed = [step for command in commands for step in ((_JUMP_EQ, 0, 1, command), _give(_ALLOW))]
    return [*_argument(1), *allowed, _give(_DENY)]


def _load(offset: int) -> _Instruction:
    return (_LD_WORD, 0, 0, offset)


def _argument(index: int) -> list[_Instruction]:
    """The low word of an argument; all arguments looked at are ints."""
    return [_load(_ARGS_OFFSET + 8 * index)]


def _give(action: int) -> _Instruction:
    return (_RETURN, 0, 0, action)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def packed(instructions: Sequence[_Instruction]) -> bytes:
    """The instructions as the kernel's array of ``struct sock_filter``."""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)


class Installer:
    """Puts filters on this process; made once, so that a child loads no library for it."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)

    def install(self, code: bytes) -> None:
        """Add a packed filter, for good.

        Raises:
            OSError: if the kernel refuses.
        """
        buffer = ctypes.create_string_buffer(code, len(code))
        program = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
        self.control(_PR_SET_NO_NEW_PRIVS, 1)
        self.control(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program))

    def control(self, option: int, *arguments: int) -> None:
        """``prctl(option, …)``.

        Raises:
            OSError: if the kernel refuses.
        """
        words = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
        if self._libc.prctl(option, *words) != 0:
            raise OSError(ctypes.get_errno(), f"prctl({option}) was refused")
