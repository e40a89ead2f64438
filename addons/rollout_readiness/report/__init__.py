from . import readiness_report
from . import readiness_xlsx
