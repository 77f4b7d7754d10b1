"""Broken on purpose: would the tests notice? Mutants of the computation, each against worlds that the oracle appraised.

`python -m tests.mutation` draws small changes of the SQL and Python that compute (`targets`, `*_operators`), makes a
copy of the project with one change each (`copies`), lets a process recompute prepared worlds with it (`ground`,
`judge`, `runner`), and says which changes nobody noticed (`report`). It is not collected with the tests: it takes
minutes.
"""
