-- One row per recorded event that an outcome may count as failure: whose, of what kind, which, and on which day.
-- A reoperation is recorded by the later operation.
-- made: passing
-- operation: integer, the number of the operation
-- kind: varchar, of the table that holds it, or reoperation
-- value: varchar, which of them; null for a reoperation
-- day: bigint, days since surgery
-- kept: varchar, the table that holds the record
-- source: smallint, the file that says so
-- line: integer, its line there
select
    operation,
    kind,
    value,
    day,
    kept,
    source,
    line
from recorded_event
union all
select
    earlier.operation,
    'reoperation' as kind,
    null as value,
    index_operation.reoperation_day as day,
    'operation' as kept,
    later.source,
    later.line
from index_operation
inner join operation as earlier on index_operation.operation = earlier.operation
inner join operation as later
    on
        earlier.patient = later.patient
        and date_diff('day', earlier.surgery_date, later.surgery_date) = index_operation.reoperation_day
        -- An operation not recorded as a planned stage is none: see index_operation.
        and not coalesce(later.planned_stage, false)
where index_operation.reoperation_day is not null
