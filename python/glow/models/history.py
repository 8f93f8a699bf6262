"""What the epochs gave."""


class History:
    """What the epochs gave, as in Keras.

    Attributes
    ----------
    history : dict of list
        ``history.history["val_loss"]``: one number an epoch.
    epoch : list of int
        Numbers of the epochs, from 0.
    seconds : list of float
        What each took, validation included.
    params : dict
        ``epochs`` and ``steps`` an epoch.
    """

    def __init__(self, history: dict, params: dict):
        self.history = dict(history)
        self.seconds = self.history.pop("seconds", [])
        self.epoch = list(range(len(self.seconds)))
        self.params = params

    def __repr__(self) -> str:
        last = ", ".join(f"{k} {v[-1]:.4g}" for k, v in self.history.items() if v)
        return f"<History of {len(self.epoch)} epochs: {last}>"
