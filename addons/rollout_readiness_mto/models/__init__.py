from . import readiness_check
