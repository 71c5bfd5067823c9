-- One row per visit of an operation: on which day since surgery, what was answered, and where it stands.
-- Scores are decimal numbers, not binary ones: 0.3 less 0.2 is 0.1 then, and a change is held against its threshold as
-- it is, neither rounded nor a last digit off. Twelve decimals are as many as are read.
-- made: passing
-- operation: integer, the number of the operation
-- day: bigint, days from surgery to the visit; 0 or less before it
-- odi: decimal(15,12), disability, 0 to 100
-- back_pain: decimal(15,12), 0 to 10
-- leg_pain: decimal(15,12), 0 to 10
-- eq5d_index: decimal(15,12), quality of life; 1 is full health
-- gpe: integer, the patient's own opinion of the change, best first
-- satisfaction: integer, best first
-- source: smallint, the file that says so
-- line: integer, its line there
select
    follow_up.operation,
    date_diff('day', operation.surgery_date, follow_up.visit_date) as day,
    cast(follow_up.odi as decimal(15, 12)) as odi,
    cast(follow_up.back_pain as decimal(15, 12)) as back_pain,
    cast(follow_up.leg_pain as decimal(15, 12)) as leg_pain,
    cast(follow_up.eq5d_index as decimal(15, 12)) as eq5d_index,
    follow_up.gpe,
    follow_up.satisfaction,
    follow_up.source,
    follow_up.line
from follow_up
inner join operation on follow_up.operation = operation.operation
