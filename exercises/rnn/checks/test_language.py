"""The examples in the docstrings of language.py, as checks."""

import numpy as np
import pytest
from numpy import array, inf, nan

from grader.testing import agree_printed, agree_value, must_raise


@pytest.mark.exercise("bigram_table")
def test_bigram_table_1(student):
    'bigram_table("data/rhyme.txt", "xz") # neither is in it: every pair is as likely'
    agree_value(student.bigram_table('data/rhyme.txt', 'xz'), array([[0.5, 0.5], [0.5, 0.5]]), tolerance=1e-06)


@pytest.mark.exercise("temporal_softmax_loss")
def test_temporal_softmax_loss_1(student):
    'round(float(loss), 4)'
    scores, targets = (np.zeros((1, 2, 2)), np.array([[1, 0]]))
    loss, dscores = student.temporal_softmax_loss(scores, targets, np.array([[1.0, 0.0]]))
    agree_value(round(float(loss), 4), 0.6931, tolerance=1e-06)


@pytest.mark.exercise("temporal_softmax_loss")
def test_temporal_softmax_loss_2(student):
    'dscores'
    scores, targets = (np.zeros((1, 2, 2)), np.array([[1, 0]]))
    loss, dscores = student.temporal_softmax_loss(scores, targets, np.array([[1.0, 0.0]]))
    round(float(loss), 4)
    agree_value(dscores, array([[[0.5, -0.5], [0.0, 0.0]]]), tolerance=1e-06)


@pytest.mark.exercise("rnn_loss")
def test_rnn_loss_1(student):
    'round(float(loss), 4)'
    params = {'wx': np.zeros((2, 1)), 'wh': np.zeros((1, 1)), 'b': np.zeros(1)}
    params |= {'wy': np.zeros((1, 2)), 'by': np.zeros(2)}
    loss, grads = student.rnn_loss(params, np.array([[0, 1]]), np.array([[1, 1]]), np.ones((1, 2)))
    agree_value(round(float(loss), 4), 0.6931, tolerance=1e-06)


@pytest.mark.exercise("rnn_loss")
def test_rnn_loss_2(student):
    'grads["by"]'
    params = {'wx': np.zeros((2, 1)), 'wh': np.zeros((1, 1)), 'b': np.zeros(1)}
    params |= {'wy': np.zeros((1, 2)), 'by': np.zeros(2)}
    loss, grads = student.rnn_loss(params, np.array([[0, 1]]), np.array([[1, 1]]), np.ones((1, 2)))
    round(float(loss), 4)
    agree_value(grads['by'], array([0.5, -0.5]), tolerance=1e-06)


@pytest.mark.exercise("rnn_loss")
def test_rnn_loss_3(student):
    'grads["wx"].shape'
    params = {'wx': np.zeros((2, 1)), 'wh': np.zeros((1, 1)), 'b': np.zeros(1)}
    params |= {'wy': np.zeros((1, 2)), 'by': np.zeros(2)}
    loss, grads = student.rnn_loss(params, np.array([[0, 1]]), np.array([[1, 1]]), np.ones((1, 2)))
    round(float(loss), 4)
    agree_value(grads['wx'].shape, (2, 1), tolerance=1e-06)


@pytest.mark.exercise("Reader")
def test_Reader_1(student):
    'reader.read([0])'
    params = {'wx': np.array([[0.5], [0.0]]), 'wh': np.array([[2.0]]), 'b': np.zeros(1)}
    reader = student.Reader(params | {'wy': np.array([[1.0, -1.0]]), 'by': np.zeros(2)})
    agree_value(reader.read([0]), array([0.462117, -0.462117]), tolerance=1e-06)


@pytest.mark.exercise("Reader")
def test_Reader_2(student):
    'reader.read([1, 1])'
    params = {'wx': np.array([[0.5], [0.0]]), 'wh': np.array([[2.0]]), 'b': np.zeros(1)}
    reader = student.Reader(params | {'wy': np.array([[1.0, -1.0]]), 'by': np.zeros(2)})
    reader.read([0])
    agree_value(reader.read([1, 1]), array([0.896832, -0.896832]), tolerance=1e-06)


@pytest.mark.exercise("Reader")
def test_Reader_3(student):
    'reader.state'
    params = {'wx': np.array([[0.5], [0.0]]), 'wh': np.array([[2.0]]), 'b': np.zeros(1)}
    reader = student.Reader(params | {'wy': np.array([[1.0, -1.0]]), 'by': np.zeros(2)})
    reader.read([0])
    reader.read([1, 1])
    reader.forget()
    agree_value(reader.state, array([0.0]), tolerance=1e-06)


@pytest.mark.exercise("sample")
def test_sample_1(student):
    'sample(lambda last: np.array([0.0, 0.0, 900.0]) * (last != 2), 0, 3, 1.0, np.random.defaul'
    agree_value(student.sample(lambda last: np.array([0.0, 0.0, 900.0]) * (last != 2), 0, 3, 1.0, np.random.default_rng(0)), [2, 0, 2], tolerance=1e-06)
