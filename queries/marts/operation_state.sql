-- One row per operation: what became of it by each outcome, and when; side by side, in the row of the operation.
-- Over time: failed, died or left follow-up. On one day failure comes before death, and death before leaving. A failure
-- counts although recorded after the last contact: the record itself is contact.
-- At a visit: well, failed, died before, unanswered or not yet due. Whether it is due is decided before what was
-- answered, as in visit_state: an early answer counts once the window has ended, when those who have not answered count
-- too. The visit nearest the middle of the window answers; an improvement also needs the last visit up to surgery. What
-- is not recorded at a visit is passed over, for the next best one.
-- made: view
-- operation: integer, the number of the operation
-- ${states}: utinyint, 0 left or well, 1 failed, 2 died before, 3 unanswered, 4 not yet due
-- ${days}: smallint, days from surgery to that state; at a visit without an answer, to the end of its window
-- ${onsets}: utinyint, the code of when the failure showed itself; 0 without one
with failed as (
    select
        operation,
        ${first_failures}
    from counted_event
    group by operation
),

answered as (
    select
        operation,
        ${nearest_answers}
    from answer_in_window
    group by operation
),

judged as (
    select
        base.operation,
        ${judged}  -- noqa: RF02
    from follow_up_end as base
    left join failed on base.operation = failed.operation
    left join answered on base.operation = answered.operation
    left join baseline on base.operation = baseline.operation
)

select
    operation,
    ${told}
from judged
