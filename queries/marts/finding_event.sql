-- One row per operation and cause found behind its failure, with everything that a filter needs.
-- made: kept
-- ${cohort}: as in operation_band
-- cause: utinyint, the code of the cause
-- main: boolean, whether it is the operation's main cause
-- day: smallint, days from surgery until it was found; 0 where that was before
select
    band.${cohort},
    cast(cause_code.code as utinyint) as cause,
    finding.main,
    -- Both days are needed to be accepted: never null.
    cast(least(greatest(0, date_diff('day', band.operated, finding.found_date)), 32000) as smallint) as day
from finding
inner join operation_band as band on finding.operation = band.operation
inner join code as cause_code on cause_code.dimension = 'cause' and finding.cause = cause_code.name
order by finding.operation, finding.cause
