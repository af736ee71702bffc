"""The examples in the docstrings of sequences.py, as checks."""

import numpy as np
import pytest
from numpy import array, inf, nan

from grader.testing import agree_printed, agree_value, must_raise


@pytest.mark.exercise("one_hot")
def test_one_hot_1(student):
    'one_hot(np.array([2, 0]), 3)'
    agree_value(student.one_hot(np.array([2, 0]), 3), array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]), tolerance=1e-06)


@pytest.mark.exercise("one_hot")
def test_one_hot_2(student):
    'one_hot(np.array([[1, 1, 0, 3]]), 4).shape'
    agree_value(student.one_hot(np.array([[1, 1, 0, 3]]), 4).shape, (1, 4, 4), tolerance=1e-06)


@pytest.mark.exercise("text_windows")
def test_text_windows_1(student):
    'inputs'
    inputs, targets = student.text_windows(np.array([5, 6, 7, 8, 9, 3]), 2)
    agree_value(inputs, array([[5, 6], [7, 8]]), tolerance=1e-06)


@pytest.mark.exercise("text_windows")
def test_text_windows_2(student):
    'targets'
    inputs, targets = student.text_windows(np.array([5, 6, 7, 8, 9, 3]), 2)
    agree_value(targets, array([[6, 7], [8, 9]]), tolerance=1e-06)


@pytest.mark.exercise("pad_batch")
def test_pad_batch_1(student):
    'ids'
    ids, mask = student.pad_batch([[4, 2, 7], [5]])
    agree_value(ids, array([[4, 2, 7], [5, 0, 0]]), tolerance=1e-06)


@pytest.mark.exercise("pad_batch")
def test_pad_batch_2(student):
    'mask'
    ids, mask = student.pad_batch([[4, 2, 7], [5]])
    agree_value(mask, array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]), tolerance=1e-06)
