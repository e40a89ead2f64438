def post_init_hook(env):
    """Let the queue fill the columns of documents that are there, the latest first.

    Installing takes no longer for it: the scheduled action works in batches.
    """
    env["mto.demand.change"]._mark_all()
