-- One row per visit of an operation: on which day since surgery, what was answered, and where it stands.
-- made: passing
-- operation: integer, the number of the operation
-- day: bigint, days from surgery to the visit; 0 or less before it
-- odi: double, disability, 0 to 100
-- back_pain: double, 0 to 10
-- leg_pain: double, 0 to 10
-- eq5d_index: double, quality of life; 1 is full health
-- gpe: integer, the patient's own opinion of the change, best first
-- satisfaction: integer, best first
-- source: smallint, the file that says so
-- line: integer, its line there
select
    follow_up.operation,
    date_diff('day', operation.surgery_date, follow_up.visit_date) as day,
    follow_up.${measures},
    follow_up.source,
    follow_up.line
from follow_up
inner join operation on follow_up.operation = operation.operation
