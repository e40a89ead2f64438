"""The set-up that scripts/run, scripts/test, scripts/core_tests share.

Nothing here needs more than the standard library until the virtual environment
exists; everything it makes lives in one git-ignored folder, see `paths`.
"""
