-- One row per operation and outcome that a visit decides: well, failed, died before, unanswered or not yet due.
-- The visit nearest the middle of the window answers; an improvement also needs the last visit up to surgery.
-- made: passing
-- operation: integer, the number of the operation
-- outcome: utinyint, the code of the outcome
-- state: integer, 0 well, 1 failed, 2 died before, 3 unanswered, 4 not yet due
-- day: bigint, days from surgery to what decided it
with measured as (
    select
        answer.operation,
        outcome_landmark.outcome,
        answer.day,
        abs(2 * answer.day - outcome_landmark.low - outcome_landmark.high) * 10000 + answer.day as from_middle,
        case outcome_landmark.measure
            when 'odi' then answer.odi
            when 'back_pain' then answer.back_pain
            when 'leg_pain' then answer.leg_pain
            when 'eq5d_index' then answer.eq5d_index
            when 'gpe' then answer.gpe
            when 'satisfaction' then answer.satisfaction
        end as reading
    from answer
    inner join outcome_landmark on answer.day between outcome_landmark.low and outcome_landmark.high
),

answered as (
    select
        operation,
        outcome,
        arg_min(reading, from_middle) as visit_reading,
        arg_min(day, from_middle) as visit_day
    from measured
    where reading is not null
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
        case
            when not outcome_landmark.improvement then answered.visit_reading
            else
                case outcome_landmark.measure
                    when 'odi' then baseline.odi
                    when 'back_pain' then baseline.back_pain
                    when 'leg_pain' then baseline.leg_pain
                    when 'eq5d_index' then baseline.eq5d_index
                    when 'gpe' then baseline.gpe
                    when 'satisfaction' then baseline.satisfaction
                end - answered.visit_reading
        end as reading
    from follow_up_end
    cross join outcome_landmark
    left join answered
        on follow_up_end.operation = answered.operation and outcome_landmark.outcome = answered.outcome
    left join baseline on follow_up_end.operation = baseline.operation
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
