"""The one part of the build that pyproject.toml cannot say: kernels in C that may fail to build."""

import os
from pathlib import Path

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "boilerclass._kernels",
            sources=sorted(map(str, Path("native").glob("*.c"))),
            depends=sorted(map(str, Path("native").glob("*.h"))),
            libraries=[] if os.name == "nt" else ["m"],
            optional=True,  # without a compiler the package works, in Python alone
        )
    ]
)
