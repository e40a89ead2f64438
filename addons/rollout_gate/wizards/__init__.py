from . import rollout_gate_sign
from . import rollout_gate_reopen
from . import rollout_lock_switch
