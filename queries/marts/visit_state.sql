-- One row per operation and planned visit: answered or why not, and the change since before surgery.
-- Whether a visit is due is decided before whether it was answered, and for both alike: an answer in a window that is
-- still open, or of a patient who died before it ended, would otherwise count where those without one do not.
-- Due: the window has ended by the data date, in the patient's lifetime. Overdue: due and unanswered, but not for so
-- long that asking would be of no use; lost: longer. Open now: in its window, unanswered; early: in it, and answered.
-- The reading nearest the middle of the window answers, for each measure by itself. A change is before less after for
-- disability and pain, after less before for EQ-5D: a rise is always better. None is rounded.
-- at_visit: the state, as it is worked out of what only grows older too.
-- Scores are subtracted as decimal numbers, and kept as the binary ones nearest to them: of fifteen digits at most, no
-- two are the same then, and they take a third of the room.
-- part: the visit. Made one visit after the other, so that what is equal for all of them is never held many times.
-- made: kept, by visit
-- ${cohort}: as in operation_band
-- smoking: as in operation_band
-- visit: utinyint, the code of the planned visit
-- state: utinyint, 1 answered, 2 died before its window ended, 3 overdue, 4 lost, 5 open now, 6 not yet due,
-- 7 early
-- days_since_surgery: integer, until the data date, of a visit overdue or open now; else null
-- odi_before: double, the last reading up to surgery; null without one
-- odi_change: double, points of disability gained back; null without both readings
-- back_change: double, points of back pain less; null without both
-- leg_change: double, points of leg pain less; null without both
-- eq5d_change: double, gained on the index; null without both
-- back_pain_before, leg_pain_before, eq5d_index_before: double, up to surgery; null without one
-- odi, back_pain, leg_pain, eq5d_index: double, as answered; null without one
-- gpe: smallint, the patient's own opinion of the change, best first; null without one
-- satisfaction: smallint, best first; null without one
with planned as (
    select
        visit,
        low,
        high,
        overdue_until
    from visit_window
    where visit = $part
)

select
    band.${cohort},
    band.smoking,
    cast(planned.visit as utinyint) as visit,
    cast(${at_visit} as utinyint) as state,  -- noqa: RF02
    -- A state is never null.
    case when ${at_visit} in (3, 5) then cast(follow_up_end.age_of_record as integer) end  -- noqa: RF02
        as days_since_surgery,
    cast(baseline.odi as double) as odi_before,
    cast(baseline.odi - answered.odi as double) as odi_change,
    cast(baseline.back_pain - answered.back_pain as double) as back_change,
    cast(baseline.leg_pain - answered.leg_pain as double) as leg_change,
    cast(answered.eq5d_index - baseline.eq5d_index as double) as eq5d_change,
    cast(baseline.back_pain as double) as back_pain_before,
    cast(baseline.leg_pain as double) as leg_pain_before,
    cast(baseline.eq5d_index as double) as eq5d_index_before,
    cast(answered.odi as double) as odi,
    cast(answered.back_pain as double) as back_pain,
    cast(answered.leg_pain as double) as leg_pain,
    cast(answered.eq5d_index as double) as eq5d_index,
    cast(answered.gpe as smallint) as gpe,
    cast(answered.satisfaction as smallint) as satisfaction
from operation_band as band
cross join planned
inner join follow_up_end on band.operation = follow_up_end.operation
left join baseline on band.operation = baseline.operation
left join answer_in_window as answered
    on
        band.operation = answered.operation
        and planned.low = answered.low
        and planned.high = answered.high
order by band.operation
