from . import readiness_check
from . import readiness_run
from . import readiness_result
from . import readiness_page
from . import res_company
from . import rollout_check
from . import rollout_gate
from . import rollout_registers
