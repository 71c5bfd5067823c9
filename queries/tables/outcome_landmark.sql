-- One row per outcome that a visit decides: its window, what is read, and the answers that are failures.
-- A reading fails when sign * reading is at least bound, or above it where strict.
create table outcome_landmark (
    outcome utinyint,
    low integer,
    high integer,
    measure varchar,
    improvement boolean,
    sign integer,
    bound double,
    strict boolean
)
