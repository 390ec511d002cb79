"""The one part of the build that pyproject.toml cannot say: kernels in C that may fail to build."""

from pathlib import Path

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "boilerclass._kernels",
            sources=sorted(map(str, Path("native").glob("*.c"))),
            depends=["native/kernels.h"],
            optional=True,  # without a compiler the package works, in Python alone
        )
    ]
)
