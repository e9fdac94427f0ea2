"""Exact integer arithmetic shared by everything off chain: lanes, samples, logarithms, fixed point, hashes.

The numbers are those of the contracts, bit for bit; ``docs/ref-models.md`` defines them.
"""

from commonlearn.numerics.batch import EncodedBatch
from commonlearn.numerics.codec import (
    Encoding,
    decode,
    decode_many,
    encode_dense,
    encode_presence,
    encode_sparse,
)
from commonlearn.numerics.fixed import fit_scale, quantise, saturate
from commonlearn.numerics.hashing import keccak256, words_hash
from commonlearn.numerics.lanes import (
    bytes_to_words,
    lane_range,
    lanes_per_word,
    pack_lanes,
    unpack_lanes,
    words_needed,
    words_to_bytes,
)
from commonlearn.numerics.logarithm import log2_q32, log2_q32_array
from commonlearn.numerics.matrix import batch_from_matrix, encode_matrix
from commonlearn.numerics.merkle import MerkleTree, shared_paths, verify
from commonlearn.numerics.order import random_order

__all__ = [
    "EncodedBatch",
    "Encoding",
    "MerkleTree",
    "batch_from_matrix",
    "bytes_to_words",
    "decode",
    "decode_many",
    "encode_dense",
    "encode_matrix",
    "encode_presence",
    "encode_sparse",
    "fit_scale",
    "keccak256",
    "lane_range",
    "lanes_per_word",
    "log2_q32",
    "log2_q32_array",
    "pack_lanes",
    "quantise",
    "random_order",
    "saturate",
    "shared_paths",
    "unpack_lanes",
    "verify",
    "words_hash",
    "words_needed",
    "words_to_bytes",
]
