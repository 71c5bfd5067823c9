-- One row per operation and planned visit: answered or why not, and the change since before surgery.
-- state: 1 answered, 2 died before its window ended, 3 overdue, 4 lost, 5 open now, 6 not yet due.
-- Due: the window has ended by the data date. Overdue: due and unanswered, but not for so long that asking would be of
-- no use; lost: longer. Open now: in its window, unanswered.
-- The reading nearest the middle of the window answers, for each measure by itself. A change is before less after for
-- disability and pain, after less before for EQ-5D (in hundredths): a rise is always better.
with placed as (
    select
        follow_up.operation,
        date_diff('day', operation.surgery_date, follow_up.visit_date) as day,
        follow_up.odi,
        follow_up.back_pain,
        follow_up.leg_pain,
        follow_up.eq5d_index,
        follow_up.gpe,
        follow_up.satisfaction
    from follow_up
    inner join operation on follow_up.operation = operation.operation
),

before_surgery as (
    select
        operation,
        arg_max(odi, day) filter (where odi is not null) as odi,
        arg_max(back_pain, day) filter (where back_pain is not null) as back_pain,
        arg_max(leg_pain, day) filter (where leg_pain is not null) as leg_pain,
        arg_max(eq5d_index, day) filter (where eq5d_index is not null) as eq5d_index
    from placed
    where day <= 0
    group by operation
),

in_window as (
    select
        placed.operation,
        visit_window.visit,
        placed.odi,
        placed.back_pain,
        placed.leg_pain,
        placed.eq5d_index,
        placed.gpe,
        placed.satisfaction,
        abs(2 * placed.day - visit_window.low - visit_window.high) * 10000 + placed.day as from_middle
    from placed
    inner join visit_window on placed.day between visit_window.low and visit_window.high
),

answered as (
    select
        operation,
        visit,
        arg_min(odi, from_middle) filter (where odi is not null) as odi,
        arg_min(back_pain, from_middle) filter (where back_pain is not null) as back_pain,
        arg_min(leg_pain, from_middle) filter (where leg_pain is not null) as leg_pain,
        arg_min(eq5d_index, from_middle) filter (where eq5d_index is not null) as eq5d_index,
        arg_min(gpe, from_middle) filter (where gpe is not null) as gpe,
        arg_min(satisfaction, from_middle) filter (where satisfaction is not null) as satisfaction
    from in_window
    group by operation, visit
)

select
    band.operation,
    band.patient,
    band.procedure,
    band.surgeon,
    band.site,
    band.operated,
    band.index_operation,
    band.prior_surgery,
    band.age,
    band.sex,
    band.indication,
    band.smoking,
    cast(visit_window.visit as utinyint) as visit,
    cast(case
        when answered.operation is not null then 1
        when follow_up_end.died_day <= visit_window.high then 2
        when date_diff('day', band.operated, facts.data_date) < visit_window.low then 6
        when date_diff('day', band.operated, facts.data_date) <= visit_window.high then 5
        when date_diff('day', band.operated, facts.data_date) <= visit_window.overdue_until then 3
        else 4
    end as utinyint) as state,
    cast(date_diff('day', band.operated, facts.data_date) as integer) as days_since_surgery,
    cast(round(before_surgery.odi) as smallint) as odi_before,
    cast(round(before_surgery.odi - answered.odi) as smallint) as odi_change,
    cast(round(before_surgery.back_pain - answered.back_pain) as smallint) as back_change,
    cast(round(before_surgery.leg_pain - answered.leg_pain) as smallint) as leg_change,
    cast(round(100 * (answered.eq5d_index - before_surgery.eq5d_index)) as smallint) as eq5d_change,
    cast(answered.gpe as smallint) as gpe,
    cast(answered.satisfaction as smallint) as satisfaction
from operation_band as band
cross join visit_window
cross join facts
inner join follow_up_end on band.operation = follow_up_end.operation
left join before_surgery on band.operation = before_surgery.operation
left join answered on band.operation = answered.operation and visit_window.visit = answered.visit
order by visit_window.visit, band.operation
