from . import test_access
from . import test_cascade
from . import test_decision
from . import test_engine
from . import test_inherit
from . import test_performance
from . import test_stock_first
