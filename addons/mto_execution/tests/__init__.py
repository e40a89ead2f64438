from . import test_close
from . import test_hold
from . import test_launch
from . import test_launch_engine
from . import test_launch_policy
from . import test_plan
from . import test_plan_engine
from . import test_release
