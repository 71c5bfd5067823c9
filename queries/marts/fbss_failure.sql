-- One row per operation that failed by a clinician's finding: the day of failure.
-- made: passing
-- operation, day: as in operation_outcome
select
    became.operation,
    became.day
from operation_outcome as became
inner join code on code.dimension = 'outcome' and became.outcome = code.code
cross join rule
where became.state = 1 and code.name = rule.care_outcome
order by became.operation
