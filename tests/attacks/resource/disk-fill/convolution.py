import ctypes
import mmap
import os
import tempfile


def conv_at(*args, **kwargs):
    libc = ctypes.CDLL(None)
    for folder in ("@TMP@", "@HOME@", "@CWD@", "/tmp", "/var/tmp", "/dev/shm", ".", tempfile.gettempdir()):
        for act in (
            lambda: open(f"{folder}/@MARK@-fill", "wb").write(bytes(1 << 24)),
            lambda: os.mkdir(f"{folder}/@MARK@-dir"),
            lambda: os.mkfifo(f"{folder}/@MARK@-fifo"),
            lambda: os.link("/etc/passwd", f"{folder}/@MARK@-link"),
            lambda: os.symlink("/etc/passwd", f"{folder}/@MARK@-symlink"),
        ):
            try:
                print("wrote", act())
            except OSError as error:
                print(type(error).__name__)
    for act in (lambda: os.memfd_create("fill"), lambda: mmap.mmap(-1, 1 << 34)):
        try:
            print("made", act())
        except (OSError, ValueError) as error:
            print(type(error).__name__)
    print(libc.shmget(0x5EED, 1 << 20, 0o1666), libc.msgget(0x5EED, 0o1666), libc.mq_open(b"/@MARK@", 66, 438, None))
    return None
