"""The examples in the docstrings of gates.py, as checks."""

import numpy as np
import pytest
from numpy import array, inf, nan

from grader.testing import agree_printed, agree_value, must_raise


@pytest.mark.exercise("lstm_step")
def test_lstm_step_1(student):
    'h_next, c_next'
    x, h, c = (np.zeros((1, 1)), np.zeros((1, 1)), np.array([[3.0]]))
    b = np.array([-50.0, 50.0, 0.0, 1.0])
    h_next, c_next = student.lstm_step(x, h, c, np.zeros((1, 4)), np.zeros((1, 4)), b)
    agree_value((h_next, c_next), (array([[0.497527]]), array([[3.0]])), tolerance=1e-06)


@pytest.mark.exercise("lstm_forward")
def test_lstm_forward_1(student):
    'lstm_forward(x, np.zeros((1, 1)), wx, np.zeros((1, 4)), b)'
    x = np.array([[[1.0], [0.0]]])
    wx = np.array([[50.0, 0.0, 0.0, 1.0]])
    b = np.array([-25.0, 25.0, 25.0, 0.0])
    agree_value(student.lstm_forward(x, np.zeros((1, 1)), wx, np.zeros((1, 4)), b), array([[[0.642015], [0.642015]]]), tolerance=1e-06)
