"""Training paradigms of PyGlow: their names, until they come."""


class _ComesNext:
    def __init__(self, *args, **kwargs):
        raise NotImplementedError(
            f"{type(self).__name__} is a training paradigm, and those come next; IBSequential "
            "watches a network on the information plane, and a loss of one's own can hold an "
            "information-bottleneck term (see docs/python.md)"
        )


class HSICSequential(_ComesNext):
    """Training with the HSIC bottleneck. It can be imported, not yet made."""


class HSIC(_ComesNext):
    """The base of PyGlow's HSIC networks. It can be imported, not yet made."""


class VIB(_ComesNext):
    """The deep variational information bottleneck. It can be imported, not yet made."""
