"""Functions and random generators as arguments: made again in the worker, of what crosses as a Record.

A function of a test's file crosses as its code, with what it names: modules, other functions, plain values. So it runs
on the student's side, in the student's time, and nothing is called back. What it names, the student may see.
Only the worker makes anything of these Records; to the grader they are data like any other.
"""

from __future__ import annotations

import builtins
import dis
import functools
import importlib
import marshal
import random
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from .records import Numbered, Record, WireError, record_of

_PACKAGES = frozenset(["numpy", *sys.stdlib_module_names])
_FILE = "<given>"
GIVEN = frozenset(["_Function", "_Module", "_Named", "_Random"])
_RANDOM = (random.Random, np.random.Generator, np.random.RandomState)


def given_as(value: object) -> Record | None:
    """A value that only arguments may be, as a Record; None for any other. Raises WireError for what can't cross."""
    if isinstance(value, Numbered):
        return Record("_Kept", {"number": value._number})
    if isinstance(value, types.ModuleType):
        if value.__name__.partition(".")[0] not in _PACKAGES:
            raise WireError(f"the module {value.__name__} is not there in a student's process")
        return Record("_Module", {"name": value.__name__})
    if type(value) in _RANDOM:
        return Record("_Random", {"kind": type(value).__name__, "state": _state(value)})
    if callable(value) and (record := _named(value)):
        return record
    return _function(value) if isinstance(value, types.FunctionType) else None


def made_of(name: str, fields: dict[str, Any], part: Callable[[Any], Any]) -> Any:
    """In the worker: what a Record of one of the names GIVEN stood for. part: makes the same of what is inside."""
    if name == "_Function":
        return _made_function(fields, part)
    if name == "_Module":
        return importlib.import_module(fields["name"])
    if name == "_Named":
        return getattr(importlib.import_module(fields["module"]), fields["name"])
    return _made_random(fields)


def _function(function: types.FunctionType) -> Record:
    """All functions of one file share what they name, so that they may call each other."""
    scope, named = function.__globals__, dict[str, Any]()
    waiting = [function]
    while waiting:
        one = waiting.pop()
        for inner in _inside(one):
            if inner is not one and inner.__globals__ is scope:
                waiting.append(inner)
        for name in _global_names(one.__code__):
            if name in scope and name not in named:
                value = named[name] = scope[name]
                if isinstance(value, types.FunctionType) and value.__globals__ is scope:
                    waiting.append(value)
    try:
        names = {name: _inner(value, scope) for name, value in named.items()}
        return Record("_Function", {"itself": _bare(function, scope), "names": names})
    except RecursionError:
        raise WireError(
            f"the function {function.__name__} calls itself: define it outside of the test"
        ) from None


def _inside(function: types.FunctionType) -> list[types.FunctionType]:
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    return [value for value in cells if isinstance(value, types.FunctionType)]


def _inner(value: Any, scope: dict[str, Any]) -> Any:
    own = isinstance(value, types.FunctionType) and value.__globals__ is scope
    return _bare(value, scope) if own else value


def _bare(function: types.FunctionType, scope: dict[str, Any]) -> Record:
    return Record(
        "_Code",
        {
            "code": marshal.dumps(_anonymous(function.__code__)),
            "name": function.__name__,
            "defaults": function.__defaults__,
            "more": function.__kwdefaults__,
            "cells": [_inner(cell.cell_contents, scope) for cell in function.__closure__ or ()],
        },
    )


def _anonymous(code: types.CodeType) -> types.CodeType:
    """The code without the path of its file, which is nobody's business."""
    consts = tuple(_anonymous(one) if isinstance(one, types.CodeType) else one for one in code.co_consts)
    return code.replace(co_filename=_FILE, co_consts=consts)


@functools.lru_cache(1000)
def _global_names(code: types.CodeType) -> frozenset[str]:
    own = {step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    inner = (_global_names(one) for one in code.co_consts if isinstance(one, types.CodeType))
    return frozenset(own).union(*inner)


def _named(value: Any) -> Record | None:
    """What has a name in a module: `math.cos`, `np.sin`, `len`, `float`."""
    name = str(getattr(value, "__name__", ""))
    for module in ("builtins", "numpy", getattr(value, "__module__", None) or ""):
        if module.partition(".")[0] in _PACKAGES and getattr(sys.modules.get(module), name, None) is value:
            return Record("_Named", {"module": module, "name": name})
    return None


def _state(value: Any) -> Any:
    if isinstance(value, random.Random):
        return list(value.getstate())
    if isinstance(value, np.random.Generator):
        return dict(value.bit_generator.state)
    return dict(value.get_state(legacy=False))


def _made_function(fields: dict[str, Any], part: Callable[[Any], Any]) -> Any:
    scope: dict[str, Any] = {"__builtins__": builtins, "__name__": "given"}

    def inner(value: Any) -> Any:
        own = record_of(value) if type(value) is Record else None
        if own and own[0] == "_Code":
            return _code_in(scope, own[1], inner)
        return part(value)

    scope.update({name: inner(value) for name, value in fields["names"].items()})
    return inner(fields["itself"])


def _code_in(scope: dict[str, Any], fields: dict[str, Any], part: Callable[[Any], Any]) -> Any:
    cells = tuple(types.CellType(part(value)) for value in fields["cells"])
    defaults = fields["defaults"]
    made = types.FunctionType(
        marshal.loads(fields["code"]),
        scope,
        fields["name"],
        None if defaults is None else tuple(map(part, defaults)),
        cells,
    )
    if fields["more"]:
        made.__kwdefaults__ = {name: part(value) for name, value in fields["more"].items()}
    return made


def _made_random(fields: dict[str, Any]) -> Any:
    kind, state = fields["kind"], fields["state"]
    if kind == "Random":
        plain = random.Random()
        plain.setstate(tuple(state))
        return plain
    if kind == "RandomState":
        older = np.random.RandomState()
        older.set_state(state)
        return older
    bits = getattr(np.random, state["bit_generator"])()
    bits.state = state
    return np.random.Generator(bits)
