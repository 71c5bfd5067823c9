-- One row per operation and outcome that a visit decides: well, failed, died before, unanswered or not yet due.
-- The visit nearest the middle of the window answers; an improvement also needs the last visit up to surgery.
with measured as (
    select
        follow_up.operation,
        outcome_landmark.outcome,
        outcome_landmark.low,
        outcome_landmark.high,
        date_diff('day', operation.surgery_date, follow_up.visit_date) as day,
        case outcome_landmark.measure
            when 'odi' then follow_up.odi
            when 'back_pain' then follow_up.back_pain
            when 'leg_pain' then follow_up.leg_pain
            when 'eq5d_index' then follow_up.eq5d_index
            when 'gpe' then follow_up.gpe
            when 'satisfaction' then follow_up.satisfaction
        end as reading
    from follow_up
    inner join operation on follow_up.operation = operation.operation
    cross join outcome_landmark
),

placed as (
    select
        operation,
        outcome,
        day,
        reading,
        case when day between low and high then abs(2 * day - low - high) * 10000 + day end as from_middle,
        case when day <= 0 then reading end as baseline
    from measured
    where reading is not null
),

answered as (
    select
        operation,
        outcome,
        arg_min(reading, from_middle) as visit_reading,
        arg_min(day, from_middle) as visit_day,
        arg_max(baseline, day) as baseline_reading
    from placed
    group by operation, outcome
),

judged as (
    select
        follow_up_end.operation,
        outcome_landmark.outcome,
        outcome_landmark.high,
        outcome_landmark.sign,
        outcome_landmark.bound,
        outcome_landmark.strict,
        follow_up_end.died_day,
        answered.visit_day,
        case
            when outcome_landmark.improvement then answered.baseline_reading - answered.visit_reading
            else answered.visit_reading
        end as reading,
        date_diff('day', operation.surgery_date, facts.data_date) as age_of_record
    from follow_up_end
    inner join operation on follow_up_end.operation = operation.operation
    cross join outcome_landmark
    cross join facts
    left join answered
        on follow_up_end.operation = answered.operation and outcome_landmark.outcome = answered.outcome
)

select
    operation,
    outcome,
    case
        when reading is not null
            then cast(sign * reading > bound or (not strict and sign * reading = bound) as integer)
        when died_day <= high then 2
        when age_of_record < high then 4
        else 3
    end as state,
    case
        when reading is not null then visit_day
        when died_day <= high then died_day
        when age_of_record < high then greatest(0, age_of_record)
        else high
    end as day
from judged
order by operation, outcome
