from . import supply_rule_test
