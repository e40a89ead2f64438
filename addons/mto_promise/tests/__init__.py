from . import (
    test_delays,
    test_early_promise,
    test_line_dates,
    test_promise,
    test_promise_change,
    test_promise_engine,
)
