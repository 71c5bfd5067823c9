-- One row per operation and cause that was found behind its failure: when, and whether it is the main one.
-- The main cause is the first one recorded as primary, else the first found; a failure known from its code alone is
-- undetermined.
-- made: passing
-- operation: integer, the number of the operation
-- cause: varchar, its name
-- found_date: date, when it was found first
-- main: boolean, one of each operation's is
with found as (
    select
        diagnosis.operation,
        -- A finding of the failure without a recorded cause is one of an undetermined cause: a word of the vocabulary.
        coalesce(diagnosis.cause, 'undetermined') as cause,
        min(diagnosis.diagnosis_date) as found_date,
        -- A cause that is not recorded as the main one is not called so; the first found is taken then.
        bool_or(coalesce(diagnosis.is_primary, false)) as is_primary
    from diagnosis
    cross join rule
    where diagnosis.cause is not null or upper(diagnosis.code) = rule.fbss_code
    -- As above: not recorded is undetermined.
    group by diagnosis.operation, coalesce(diagnosis.cause, 'undetermined')
)

select
    operation,
    cause,
    found_date,
    row_number() over (partition by operation order by is_primary desc, found_date asc, cause asc) = 1 as main
from found
order by operation, cause
