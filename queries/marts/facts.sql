-- One row: what this generation holds, and its data date, the latest day recorded anywhere.
-- made: kept
-- data_date: date, the latest day recorded anywhere
-- first_operation: date, of every operation
-- last_operation: date, of every operation
-- operations: integer, index operations
-- all_operations: integer, with reoperations and planned stages
-- patients: integer, who were operated
-- made_up: boolean, whether the records say that they were made by computer
-- practice: varchar, its name as the records give it
-- definitions_version: varchar, of the definitions in use
with latest_day as (
    -- Of the days that are recorded.
    select max(day) as data_date
    from (
        select day from recorded_day
        union all
        select death_date as day from patient
    ) as recorded
),

counted as (
    select
        min(operation.surgery_date) as first_operation,
        max(operation.surgery_date) as last_operation,
        -- It is never null.
        cast(count(*) filter (where index_operation.index_operation) as integer) as operations,
        cast(count(*) as integer) as all_operations,
        cast(count(distinct operation.patient) as integer) as patients
    from operation
    inner join index_operation on operation.operation = index_operation.operation
)

select
    latest_day.data_date,
    counted.first_operation,
    counted.last_operation,
    counted.operations,
    counted.all_operations,
    counted.patients,
    rule.made_up,
    rule.practice,
    rule.definitions_version
from latest_day
cross join counted
cross join rule
order by latest_day.data_date
