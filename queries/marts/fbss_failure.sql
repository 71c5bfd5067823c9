-- One row per operation that failed by a clinician's finding: the day of failure.
-- made: passing
-- operation, day: as in time_state
select
    time_state.operation,
    time_state.day
from time_state
inner join code on code.dimension = 'outcome' and time_state.outcome = code.code
cross join rule
where time_state.state = 1 and code.name = rule.care_outcome
order by time_state.operation
