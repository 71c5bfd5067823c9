-- One row per identifier of a patient or an operation, and the first 64 bits of its HMAC with SHA-256.
-- inner_key and outer_key: the key, padded to a block of the digest, with every byte of each pad (0x36, 0x5c) applied.
-- made: first
select
    ${identifier},
    cast('0x' || left(
        sha256($outer_key || unhex(sha256($inner_key || encode(${identifier})))), 16
    ) as ubigint) as ${pseudonym}
from ${holder}
