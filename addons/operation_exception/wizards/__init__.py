from . import operation_exception_hand_over
