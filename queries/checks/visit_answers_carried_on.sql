-- One row per visit that gives in four scores exactly the answers of the operation's visit before.
-- Unchanged scores occur; so many to the point were perhaps carried on.
-- severity: note
-- table: follow_ups
-- column: visit_date
-- judged: odi > 0 and back_pain is not null and leg_pain is not null and eq5d_index is not null
-- message: ODI, back pain, leg pain and EQ-5D are exactly those of the visit before. Were they carried on?
with complete as (
    select
        source,
        line,
        operation_id,
        visit_date,
        row(odi, back_pain, leg_pain, eq5d_index) as answers,
        hash(operation_id, odi, back_pain, leg_pain, eq5d_index) as hashed
    from staged_follow_ups
    where
        odi > 0
        and back_pain is not null
        and leg_pain is not null
        and eq5d_index is not null
),

suspected as (
    select hashed
    from complete
    group by hashed
    having count(*) > 1
),

of_suspected as (
    -- Most operations have no two visits alike: only the visits of the others are put in order.
    select distinct complete.operation_id
    from complete
    inner join suspected on complete.hashed = suspected.hashed
),

answered as (
    select
        source,
        line,
        visit_date,
        answers,
        lag(answers) over (
            partition by operation_id
            order by visit_date
        ) as answers_before
    from complete
    where operation_id in (select of_suspected.operation_id from of_suspected)
)

select
    source,
    line,
    cast(visit_date as varchar) as value
from answered
where
    answers = answers_before
order by source, line
