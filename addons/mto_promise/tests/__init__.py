from . import test_line_dates
from . import test_promise
from . import test_promise_engine
