from . import programme_xlsx
from . import gate_protocol
