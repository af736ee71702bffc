"""The examples in the docstrings of cell.py, as checks."""

import numpy as np
import pytest
from numpy import array, inf, nan

from grader.testing import agree_printed, agree_value, must_raise


@pytest.mark.exercise("tanh")
def test_tanh_1(student):
    'tanh(np.array([0.0, 0.5, -2.0]))'
    agree_value(student.tanh(np.array([0.0, 0.5, -2.0])), array([0.0, 0.462117, -0.964028]), tolerance=1e-06)


@pytest.mark.exercise("tanh")
def test_tanh_2(student):
    'tanh(np.array([-1000.0, 1000.0]))'
    agree_value(student.tanh(np.array([-1000.0, 1000.0])), array([-1.0, 1.0]), tolerance=1e-06)


@pytest.mark.exercise("rnn_step")
def test_rnn_step_1(student):
    'rnn_step(x, h, np.array([[2.0], [4.0]]), np.array([[-1.0]]), np.array([-1.0]))'
    x, h = (np.array([[1.0, 0.0]]), np.array([[0.5]]))
    agree_value(student.rnn_step(x, h, np.array([[2.0], [4.0]]), np.array([[-1.0]]), np.array([-1.0])), array([[0.462117]]), tolerance=1e-06)


@pytest.mark.exercise("rnn_forward")
def test_rnn_forward_1(student):
    'rnn_forward(x, np.zeros((1, 1)), np.array([[0.5]]), np.array([[2.0]]), np.zeros(1))'
    x = np.array([[[1.0], [0.0], [0.0]]])
    agree_value(student.rnn_forward(x, np.zeros((1, 1)), np.array([[0.5]]), np.array([[2.0]]), np.zeros(1)), array([[[0.462117], [0.727894], [0.896832]]]), tolerance=1e-06)
