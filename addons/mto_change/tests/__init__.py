from . import test_change_lives
