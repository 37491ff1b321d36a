"""Engines of other projects as Hamiltonians: calculators of ASE, systems of OpenMM.

``helmholtz.engines.ase`` and ``helmholtz.engines.openmm`` are plugins, which the package installs as the commands
``helmholtz-plugin-ase`` and ``helmholtz-plugin-openmm``. Both evaluate batches in worker processes
(:mod:`.pool`), and learn box, species and symmetries from a structure (:mod:`.molecule`).
"""
