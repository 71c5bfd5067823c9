-- One row per operation and window of days with a visit in it: of each measure the reading nearest the middle of the
-- window, and the day of that. What is not recorded at a visit is passed over, for the next best one: each measure by
-- itself. Of two equally near the earlier counts.
-- made: passing
-- operation: as in answer
-- low, high: integer, the window in days since surgery, both ends counted
-- ${measures}: as in answer
-- odi_day, back_pain_day, leg_pain_day, eq5d_index_day, gpe_day, satisfaction_day: bigint, days since surgery
with planned as (
    select
        low,
        high
    from visit_window
    union
    select
        low,
        high
    from outcome_landmark
),

in_window as (
    select
        answer.operation,
        answer.${measures},
        answer.day,
        planned.low,
        planned.high,
        abs(2 * answer.day - planned.low - planned.high) * 10000 + answer.day as from_middle
    from answer
    inner join planned on answer.day between planned.low and planned.high
)

select
    operation,
    low,
    high,
    -- A null is passed over, as said above; a visit has its day.
    arg_min(odi, from_middle) as odi,
    arg_min(back_pain, from_middle) as back_pain,
    arg_min(leg_pain, from_middle) as leg_pain,
    arg_min(eq5d_index, from_middle) as eq5d_index,
    arg_min(gpe, from_middle) as gpe,
    arg_min(satisfaction, from_middle) as satisfaction,
    -- As above.
    arg_min(day, from_middle) filter (where odi is not null) as odi_day,
    arg_min(day, from_middle) filter (where back_pain is not null) as back_pain_day,
    arg_min(day, from_middle) filter (where leg_pain is not null) as leg_pain_day,
    arg_min(day, from_middle) filter (where eq5d_index is not null) as eq5d_index_day,
    arg_min(day, from_middle) filter (where gpe is not null) as gpe_day,
    arg_min(day, from_middle) filter (where satisfaction is not null) as satisfaction_day
from in_window
group by operation, low, high
