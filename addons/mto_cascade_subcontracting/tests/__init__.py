from . import test_decision
from . import test_resolver
from . import test_subcontracting
