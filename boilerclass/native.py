"""The compiled kernels, where there are any.

They are built when the package is installed and a C compiler is found. Each has a twin in Python
that gives the same, so that nothing but time is lost without them.
"""

from __future__ import annotations

import importlib
import os
from types import ModuleType

PURE = "BOILERCLASS_PURE"
"""Environment variable that, set to anything, leaves the compiled kernels unused."""


def _load() -> ModuleType | None:
    if os.environ.get(PURE):
        return None
    try:
        return importlib.import_module("boilerclass._kernels")
    except ImportError:
        return None


kernels = _load()
"""The extension in ``native/``, or None."""
