-- One row per visit and outcome that measures something at visits: the day since surgery, the reading if any, and where
-- it stands.
-- made: view
select
    answer.operation,
    outcome_landmark.outcome,
    answer.day,
    answer.source,
    answer.line,
    case outcome_landmark.measure
        when 'odi' then answer.odi
        when 'back_pain' then answer.back_pain
        when 'leg_pain' then answer.leg_pain
        when 'eq5d_index' then answer.eq5d_index
        when 'gpe' then answer.gpe
        when 'satisfaction' then answer.satisfaction
    end as reading
from answer
cross join outcome_landmark
