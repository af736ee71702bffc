"""The queue's far end: waiting uploads go to grading processes, what comes back goes on record, each exactly once.

Whenever the server is killed, an upload is waiting, or being graded, or on record; `recover` finds out which. Grading
is `batch`'s own: a pool of one process a thread, so that an upload which takes minutes holds up one of them only.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from grader.batch import Executor, Graded, Job, LocalPool, mend_files, read_handout, result_of, write_result
from grader.dropbox.box import Box
from grader.dropbox.uploads import Upload
from grader.errors import CourseError, GraderError, UsageError, WallError
from grader.files import only_run
from grader.gradebook import Gradebook, people_changes, present_names
from grader.grading import fingerprint_of_tests
from grader.intake import Bundle, Entry, Receipt, collect, look

#: An upload at which the server itself ended so often is put on record as a grader error, and holds up nobody more.
_MOST_TRIES = 5
#: Seconds between two looks at the queue (accepting wakes at once), for the results folder, and after trouble.
_LOOK, _LOCKED, _TROUBLE = 1.0, 0.1, 10.0


class Graders:
    """Threads that grade what waits in `box`. failed: is called, once, where nothing can be graded any more.

    pool: makes what grades, one submission at a time.
    """

    def __init__(
        self, box: Box, jobs: int, *, confined: bool, failed: Callable[[GraderError], None],
        pool: Callable[[Job], Executor] = lambda job: LocalPool(job, 1),
    ) -> None:  # fmt: skip
        self._box, self._confined, self._failed, self._pool = box, confined, failed, pool
        self._job = Job(
            box.course.root / "course.yaml", box.name, confined, read_handout(box.course, box.name)
        )
        self.tests = fingerprint_of_tests(box.course, box.name)
        self._wake = threading.Condition()
        self._recording = threading.Lock()
        self._stop = False
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(jobs)]

    def start(self) -> None:
        """Try wall and course, see to what a killed server has left, and begin. Raises WallError, CourseError."""
        pool = self._pool(self._job)
        try:
            for graded in pool.run([Bundle("handout", "folder", dict(self._job.handout))]):
                if graded.error:
                    raise GraderError(f"the handout can't be graded, so nothing can: {graded.error}")
        finally:
            pool.close()
        self.recover()
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Something new waits."""
        with self._wake:
            self._wake.notify()

    def stop(self) -> None:
        """Begin nothing more. What is being graded is graded again after the next start."""
        if self._stop:
            return
        with self._wake:
            self._stop = True
            self._wake.notify_all()
        self._recording.acquire(timeout=5)  # what is being written is written

    def recover(self) -> None:
        """Settle what was under way when the last server ended: on record already, or waiting again.

        What ended as a grader error waits again, too, as in every run of `grader grade`.
        """
        box = self._box
        with self._results(), box.gradebook() as gradebook:
            for upload in box.uploads.interrupted():
                bundle = self._bundle(upload, gradebook)
                made = [
                    attempt.id
                    for attempt in gradebook.attempts(box.name, bundle.student)
                    if 0 <= upload.before < attempt.id and attempt.submission_sha256 == bundle.sha256
                ]
                if made:
                    box.uploads.done(upload, made[-1])
                else:
                    box.uploads.wait_again(upload)
            for upload in box.uploads.latest():
                broke = gradebook.result(upload.attempt).status == "grader error"
                if broke and upload.tries <= _MOST_TRIES:
                    box.uploads.wait_again(upload)
            for result in gradebook.results(box.name):
                mend_files(box.results, result, box.assignment)
        box.uploads.sweep()

    def _work(self) -> None:
        while not self._stop:
            now: list[Upload] = []  # at most one: what this thread's process has
            pool = self._pool(self._job)
            try:
                for graded in pool.run(self._bundles(now)):
                    self._record(now[0], graded)
            except (CourseError, WallError) as error:
                self._failed(error)
                return
            except Exception as error:
                # A full disk, say: what waits goes on waiting, and others may be graded meanwhile.
                kind = "" if isinstance(error, GraderError) else f"{type(error).__name__}: "
                print(f"grader: {kind}{error}; tried again in {_TROUBLE:.0f} s", file=sys.stderr, flush=True)
                with contextlib.suppress(GraderError):
                    for one in now:
                        self._box.uploads.wait_again(one)
                time.sleep(_TROUBLE)
            finally:
                pool.close()

    def _bundles(self, now: list[Upload]) -> Iterator[Bundle]:
        """What waits, one by one, for as long as the server runs. now: is told which one goes out."""
        while not self._stop:
            now.clear()
            upload = self._box.uploads.claim()
            if upload is None:
                with self._wake:
                    if not self._stop:
                        self._wake.wait(_LOOK)
                continue
            now.append(upload)
            bundle = self._begin(upload)
            if bundle is not None:
                yield bundle

    def _begin(self, upload: Upload) -> Bundle | None:
        """What is to be graded; None where that is on record already, or can't be graded."""
        box = self._box
        with box.gradebook() as gradebook:
            bundle = self._bundle(upload, gradebook)
            last = next(reversed(gradebook.attempts(box.name, bundle.student)), None)
        same = last and (last.submission_sha256, last.tests_sha256) == (bundle.sha256, self.tests)
        if last and same and last.status != "grader error":
            box.uploads.done(upload, last.id)
            return None
        box.uploads.begin(upload, last.id if last else 0)
        if upload.tries > _MOST_TRIES:
            why = f"the server ended {_MOST_TRIES} times while it was graded"
            self._record(upload, Graded(bundle, error=why))
            return None
        return bundle

    def _bundle(self, upload: Upload, gradebook: Gradebook) -> Bundle:
        """The upload's bytes, under the name that its student has in the gradebook: people may be renamed there."""
        box, path = self._box, self._box.uploads.path(upload).resolve()
        person = box.people.person(upload.student)
        known = {"name": person.full_name, "email": person.email} if person else {}
        lms = {"system": "dropbox"} | {key: text for key, text in known.items() if text}
        receipt = Receipt(upload.at, "the drop-box", "", lms)
        entry = Entry(
            upload.student,
            path,
            "folder",
            look(path),
            upload.file,
            files={upload.file: path},
            receipt=receipt,
        )
        names = present_names(people_changes(gradebook, box.name)).get(upload.student)
        return replace(collect(entry, box.assignment), student=names[0] if names else upload.student)

    def _record(self, upload: Upload, graded: Graded) -> None:
        box, bundle = self._box, graded.bundle
        result = result_of(graded, box.name, box.assignment, self.tests, confined=self._confined)
        with self._recording, self._results(), box.gradebook() as gradebook:
            if self._stop:
                return
            if not gradebook.receipt(box.name, bundle.student, bundle.sha256).says_when:
                # Who hands in the same again was in time if the first time was.
                gradebook.receive(box.name, bundle.student, bundle.sha256, bundle.receipt)
            box.uploads.done(upload, gradebook.add(result))
            write_result(box.results, gradebook.counting(box.name, bundle.student), box.assignment)

    @contextlib.contextmanager
    def _results(self) -> Iterator[None]:
        """The results folder, when no other command writes there."""
        said = False
        with contextlib.ExitStack() as stack:
            while True:
                try:
                    stack.enter_context(only_run(self._box.results))
                    break
                except UsageError as error:
                    if not said:
                        print(
                            f"grader: {error} (uploads are accepted meanwhile)", file=sys.stderr, flush=True
                        )
                    said = True
                    time.sleep(_LOCKED)
            yield
