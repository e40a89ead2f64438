from . import test_actions, test_menus, test_module, test_settings, test_setup_tour, test_tour
