from . import test_change
from . import test_change_lives
from . import test_impact_engine
