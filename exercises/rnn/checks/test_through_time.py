"""The examples in the docstrings of through_time.py, as checks."""

import numpy as np
import pytest
from numpy import array, inf, nan

from grader.testing import agree_printed, agree_value, must_raise


@pytest.mark.exercise("rnn_step_backward")
def test_rnn_step_backward_1(student):
    'dx, dh'
    one = np.array([[1.0]])
    dx, dh, dwx, dwh, db = student.rnn_step_backward(one, 3 * one, 2 * one, 0.5 * one, -4 * one, 6 * one)
    agree_value((dx, dh), (array([[-3.0]]), array([[4.5]])), tolerance=1e-06)


@pytest.mark.exercise("rnn_step_backward")
def test_rnn_step_backward_2(student):
    'dwx, dwh, db'
    one = np.array([[1.0]])
    dx, dh, dwx, dwh, db = student.rnn_step_backward(one, 3 * one, 2 * one, 0.5 * one, -4 * one, 6 * one)
    agree_value((dwx, dwh, db), (array([[2.25]]), array([[1.5]]), array([0.75])), tolerance=1e-06)


@pytest.mark.exercise("rnn_backward")
def test_rnn_backward_1(student):
    'dx'
    one = np.array([[1.0]])
    x, states = (np.array([[[1.0], [3.0]]]), np.array([[[0.5], [0.0]]]))
    dstates = np.array([[[0.0], [1.0]]])
    dx, dh0, dwx, dwh, db = student.rnn_backward(dstates, x, 0 * one, states, 2 * one, 4 * one)
    agree_value(dx, array([[[6.0], [2.0]]]), tolerance=1e-06)


@pytest.mark.exercise("rnn_backward")
def test_rnn_backward_2(student):
    'dh0, dwx, dwh, db'
    one = np.array([[1.0]])
    x, states = (np.array([[[1.0], [3.0]]]), np.array([[[0.5], [0.0]]]))
    dstates = np.array([[[0.0], [1.0]]])
    dx, dh0, dwx, dwh, db = student.rnn_backward(dstates, x, 0 * one, states, 2 * one, 4 * one)
    agree_value((dh0, dwx, dwh, db), (array([[12.0]]), array([[6.0]]), array([[0.5]]), array([4.0])), tolerance=1e-06)


@pytest.mark.exercise("clip_gradients")
def test_clip_gradients_1(student):
    'norm'
    clipped, norm = student.clip_gradients({'w': np.array([[3.0, 0.0]]), 'b': np.array([4.0])}, 1.0)
    agree_value(norm, 5.0, tolerance=1e-06)


@pytest.mark.exercise("clip_gradients")
def test_clip_gradients_2(student):
    'clipped["w"], clipped["b"]'
    clipped, norm = student.clip_gradients({'w': np.array([[3.0, 0.0]]), 'b': np.array([4.0])}, 1.0)
    agree_value((clipped['w'], clipped['b']), (array([[0.6, 0.0]]), array([0.8])), tolerance=1e-06)


@pytest.mark.exercise("gradient_norms")
def test_gradient_norms_1(student):
    'gradient_norms(one, x, zero, one, 0.5 * one, np.zeros(1))'
    zero, one = (np.zeros((1, 1)), np.ones((1, 1)))
    x = np.zeros((1, 3, 1))
    agree_value(student.gradient_norms(one, x, zero, one, 0.5 * one, np.zeros(1)), array([0.125, 0.25, 0.5, 1.0]), tolerance=1e-06)
