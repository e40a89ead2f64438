from . import test_identity
from . import test_fallback
from . import test_more_identity
from . import test_performance
from . import test_raised
from . import test_raised_surroundings
from . import test_stock_first
from . import test_walk_engine
