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
with measured as (
    select
        reading.operation,
        reading.outcome,
        reading.day,
        reading.reading,
        reading.day between outcome_landmark.low and outcome_landmark.high as in_window,
        abs(2 * reading.day - outcome_landmark.low - outcome_landmark.high) * 10000 + reading.day as from_middle
    from reading
    inner join outcome_landmark on reading.outcome = outcome_landmark.outcome
    where reading.reading is not null
),

answered as (
    select
        operation,
        outcome,
        -- None of them is null: only recorded readings are measured, and each visit has its day.
        arg_min(reading, from_middle) filter (where in_window) as visit_reading,
        arg_min(day, from_middle) filter (where in_window) as visit_day,
        -- Only recorded readings are measured: never null.
        arg_max(reading, day) filter (where day <= 0) as reading_before
    from measured
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
        follow_up_end.age_of_record,
        answered.visit_day,
        -- A definition says which of the two: never null.
        case
            when outcome_landmark.improvement then answered.reading_before - answered.visit_reading
            else answered.visit_reading
        end as reading
    from follow_up_end
    cross join outcome_landmark
    left join answered
        on follow_up_end.operation = answered.operation and outcome_landmark.outcome = answered.outcome
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
