from . import test_line_dates
