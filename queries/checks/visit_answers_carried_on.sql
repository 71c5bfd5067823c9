-- One row per visit that gives in four scores exactly the answers of the operation's visit before.
-- Unchanged scores occur; so many to the point were perhaps carried on.
-- severity: note
-- table: follow_ups
-- column: visit_date
-- judged: odi > 0 and back_pain is not null and leg_pain is not null and eq5d_index is not null
-- message: ODI, back pain, leg pain and EQ-5D are exactly those of the visit before. Were they carried on?
with answered as (
    select
        source,
        line,
        visit_date,
        row(odi, back_pain, leg_pain, eq5d_index) as answers,
        lag(row(odi, back_pain, leg_pain, eq5d_index)) over (
            partition by operation_id
            order by visit_date
        ) as answers_before
    from staged_follow_ups
    where
        odi > 0
        and back_pain is not null
        and leg_pain is not null
        and eq5d_index is not null
)

select
    source,
    line,
    cast(visit_date as varchar) as value
from answered
where
    answers = answers_before
order by source, line
