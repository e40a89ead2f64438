from . import test_customer_clock
from . import test_js
from . import test_lead_time_suggestion
from . import test_line_dates
from . import test_stock_decision
from . import test_stocking_engine
