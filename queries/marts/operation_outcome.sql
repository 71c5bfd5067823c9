-- One row per operation and outcome: what became of it, when, and everything that a filter or a breakdown needs.
-- Every read of rates, curves and factors scans this. It is the one table of operations, of which an outcome has its
-- own columns: what is equal for all outcomes is kept once. Narrow codes; table code says what they stand for.
-- made: shown, of each outcome
-- outcome: utinyint, the code of the outcome
-- ${cohort}: as in operation_band
-- ${other_factors}, profile, quarter, modifiable, modifiable_unknown, cause: as in operation_band
-- state: utinyint, 0 left or well, 1 failed, 2 died before, 3 unanswered, 4 not yet due
-- day: smallint, days from surgery to its state
-- onset: utinyint, the code of when the failure showed itself; 0 without one
select
    cast(${code} as utinyint) as outcome,
    band.${cohort},
    band.profile,
    band.quarter,
    band.modifiable,
    band.modifiable_unknown,
    band.${its_state} as state,
    band.${its_day} as day,
    band.${its_onset} as onset,
    band.cause,
    band.${other_factors}
from operation_band as band
