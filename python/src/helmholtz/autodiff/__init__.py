"""What the adapters to libraries of automatic differentiation share.

An author writes functions of one configuration. :mod:`~helmholtz.autodiff.tools` says what a library has to
make of them, functions of chunks and their derivatives; the parts here are written in those terms
alone, and ``helmholtz.jax`` and ``helmholtz.torch`` are two sets of tools.
"""
