from . import rollout_gate_sign
from . import rollout_gate_reopen
