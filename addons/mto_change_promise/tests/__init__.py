from . import test_change_promise
