from . import res_config_settings
from . import res_config_settings_change
from . import res_config_settings_execution
from . import res_config_settings_promise
