from . import test_bicycle
from . import test_cards
from . import test_company
from . import test_golive
from . import test_js
from . import test_readiness
from . import test_rollout
from . import test_working_days
