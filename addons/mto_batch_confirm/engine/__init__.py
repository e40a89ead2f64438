from .walk import Call, rounds, split_ready
