from . import test_locks
