import os
import subprocess

COMMAND = "while :; do date >> @TMP@/@MARK@-daemon; sleep 1; done"


def output_size(*args, **kwargs):
    for start in (
        lambda: subprocess.Popen(["sh", "-c", COMMAND], start_new_session=True),
        lambda: os.system(f"nohup sh -c '{COMMAND}' &"),
        lambda: os.posix_spawn("/bin/sh", ["sh", "-c", COMMAND], {}),
        lambda: os.execv("/bin/sh", ["sh", "-c", COMMAND]),
        lambda: os.popen(COMMAND),
    ):
        try:
            print("started", start())
        except BaseException as error:
            print(type(error).__name__)
    try:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                while True:
                    pass
    except OSError as error:
        print(type(error).__name__)
    return -1


conv_at = output_size
