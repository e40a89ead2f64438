from .walk import LAST, Call, Claim, rounds, split_claims, split_ready
