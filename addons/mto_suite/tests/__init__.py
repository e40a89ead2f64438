from . import test_actions
from . import test_menus
from . import test_module
from . import test_promise_settings
from . import test_settings
from . import test_setup_tour
from . import test_tour
