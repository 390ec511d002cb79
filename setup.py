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
            # The same sums on every machine: none that rounds once for a product and its addition.
            extra_compile_args=[] if os.name == "nt" else ["-ffp-contract=off"],
            optional=True,  # without a compiler the package works, in Python alone
        )
    ]
)
