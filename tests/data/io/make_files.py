"""Writes the files of this folder, as NumPy and safetensors write them.

They are frozen: run it only to add files.
"""

import pathlib

import numpy as np
import torch
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
matrix = np.arange(6).reshape(2, 3) - 1.5

np.save(here / "c_order.npy", matrix)
np.save(here / "fortran_order.npy", np.asfortranarray(matrix.astype("f4")))
np.save(here / "big_endian.npy", np.array([1, -2, 300], ">i4"))
np.save(here / "scalar.npy", np.array(2.5))
np.save(here / "empty.npy", np.zeros((0, 3)))
np.save(here / "bool.npy", np.array([True, False]))
np.save(here / "half.npy", np.array([0.5, -2], "f2"))
np.save(here / "uint16.npy", np.array([1, 65535], "u2"))
np.save(here / "uint64.npy", np.array([1, 2**63], "u8"))
np.save(here / "object.npy", np.array([{}, None], object), allow_pickle=True)
np.save(here / "text.npy", np.array(["a", "b"]))
np.save(here / "complex.npy", np.array([1j]))
np.save(here / "structured.npy", np.zeros(2, [("a", "f4"), ("b", "i4")]))
np.savez(here / "stored.npz", x=matrix, y=np.array([0, 1]))
np.savez_compressed(here / "deflated.npz", x=matrix, y=np.array([0, 1]), zeros=np.zeros((100, 100)))

save_file(
    {
        "weight": torch.arange(6, dtype=torch.float32).reshape(2, 3),
        "bias": torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
        "count": torch.tensor(7),
        "mask": torch.tensor([True, False, True]),
    },
    here / "python.safetensors",
    metadata={"format": "pt"},
)
