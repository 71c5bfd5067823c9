-- One row per operation and outcome that a visit decides: well, failed, died before, unanswered or not yet due.
-- Whether it is due is decided before what was answered, as in visit_state: an early answer counts once the window has
-- ended, when those who have not answered count too.
-- The visit nearest the middle of the window answers; an improvement also needs the last visit up to surgery. What is
-- not recorded at a visit is passed over, for the next best one.
-- made: passing
-- operation: integer, the number of the operation
-- outcome: utinyint, the code of the outcome
-- state: integer, 0 well, 1 failed, 2 died before, 3 unanswered, 4 not yet due
-- day: bigint, days from surgery to what decided it
with awaited as (
    select distinct
        low,
        high
    from outcome_landmark
),

told as (
    select
        follow_up_end.operation,
        follow_up_end.died_day,
        follow_up_end.age_of_record,
        awaited.low,
        awaited.high,
        answered.odi,
        answered.odi_day,
        baseline.odi as odi_before,
        answered.back_pain,
        answered.back_pain_day,
        baseline.back_pain as back_pain_before,
        answered.leg_pain,
        answered.leg_pain_day,
        baseline.leg_pain as leg_pain_before,
        answered.eq5d_index,
        answered.eq5d_index_day,
        baseline.eq5d_index as eq5d_index_before,
        answered.gpe,
        answered.gpe_day,
        baseline.gpe as gpe_before,
        answered.satisfaction,
        answered.satisfaction_day,
        baseline.satisfaction as satisfaction_before
    from follow_up_end
    cross join awaited
    left join answer_in_window as answered
        on
            follow_up_end.operation = answered.operation
            and awaited.low = answered.low
            and awaited.high = answered.high
    left join baseline on follow_up_end.operation = baseline.operation
),

read_as as (
    select
        told.operation,
        outcome_landmark.outcome,
        told.high,
        outcome_landmark.improvement,
        outcome_landmark.sign,
        outcome_landmark.bound,
        outcome_landmark.strict,
        told.died_day,
        told.age_of_record,
        case outcome_landmark.measure
            when 'odi' then told.odi
            when 'back_pain' then told.back_pain
            when 'leg_pain' then told.leg_pain
            when 'eq5d_index' then told.eq5d_index
            when 'gpe' then told.gpe
            when 'satisfaction' then told.satisfaction
        end as visit_reading,
        case outcome_landmark.measure
            when 'odi' then told.odi_day
            when 'back_pain' then told.back_pain_day
            when 'leg_pain' then told.leg_pain_day
            when 'eq5d_index' then told.eq5d_index_day
            when 'gpe' then told.gpe_day
            when 'satisfaction' then told.satisfaction_day
        end as visit_day,
        case outcome_landmark.measure
            when 'odi' then told.odi_before
            when 'back_pain' then told.back_pain_before
            when 'leg_pain' then told.leg_pain_before
            when 'eq5d_index' then told.eq5d_index_before
            when 'gpe' then told.gpe_before
            when 'satisfaction' then told.satisfaction_before
        end as reading_before
    from told
    inner join outcome_landmark on told.low = outcome_landmark.low and told.high = outcome_landmark.high
),

judged as (
    select
        *,
        -- A definition says which of the two: never null.
        case when improvement then reading_before - visit_reading else visit_reading end as reading
    from read_as
)

select
    operation,
    outcome,
    case
        when died_day <= high then 2
        when age_of_record < high then 4
        when reading is not null
            then cast(sign * reading > bound or (not strict and sign * reading = bound) as integer)
        else 3
    end as state,
    case
        when died_day <= high then died_day
        when age_of_record < high then greatest(0, age_of_record)  -- less than high: never null
        when reading is not null then visit_day
        else high
    end as day
from judged
