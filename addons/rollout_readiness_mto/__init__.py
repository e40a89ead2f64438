from . import checks
from . import models
