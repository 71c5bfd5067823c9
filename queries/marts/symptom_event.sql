-- One row per symptom that an operation's patient reported on or after surgery, with everything that a filter needs.
-- made: kept
-- ${cohort}: as in operation_band
-- ${other_factors}: as in operation_band
-- symptom: utinyint, the code of the symptom
-- day: smallint, days from surgery to its onset
-- onset: utinyint, the code of when it showed itself
-- first_onset: boolean, whether the operation has this symptom for the first time; of several of one day one has
-- course: utinyint, the code of new, recurrent or never relieved
-- severity: utinyint, 0 to 10; null where it is not recorded
-- red_flag: boolean, whether it asks for contact at once
-- pain: boolean, whether it is a pain and no red flag by itself
-- contacted: boolean, whether contact is recorded
-- contacted_after: smallint, days from its onset to that contact; null where none is recorded
-- days_ago: integer, days from its onset to the data date
-- resolved: utinyint, 1 where it is recorded as resolved
-- treated: boolean, whether a treatment began while it lasted
select
    band.${cohort},
    cast(symptom_code.code as utinyint) as symptom,
    -- Both days are needed to be accepted: never null.
    cast(least(date_diff('day', band.operated, symptom.onset_date), 32000) as smallint) as day,
    onset_day.onset,
    row_number() over (
        partition by symptom.operation, symptom_code.code
        order by symptom.onset_date, onset_day.onset
    ) = 1 as first_onset,
    -- Code 0 is not recorded.
    cast(coalesce(course_code.code, 0) as utinyint) as course,
    cast(symptom.severity as utinyint) as severity,
    -- A symptom without a family has null there, and is no red flag.
    coalesce(symptom_code.family = 'red_flag', false) as red_flag,
    coalesce(symptom_code.family = 'pain', false) as pain,
    symptom.contacted_at is not null as contacted,
    case
        when symptom.contacted_at is not null
            -- Both days are there: never null.
            then cast(least(date_diff('day', symptom.onset_date, symptom.contacted_at), 32000) as smallint)
    end as contacted_after,
    cast(date_diff('day', symptom.onset_date, facts.data_date) as integer) as days_ago,
    cast(symptom.resolved_date is not null as utinyint) as resolved,
    -- Treated is what is recorded so; a symptom not recorded as resolved lasts.
    coalesce(
        first_treatment.start_date <= coalesce(symptom.resolved_date, first_treatment.start_date), false
    ) as treated,
    band.${other_factors}
from symptom
inner join operation_band as band on symptom.operation = band.operation
inner join code as symptom_code on symptom_code.dimension = 'symptom' and symptom.symptom = symptom_code.name
left join code as course_code on course_code.dimension = 'course' and symptom.course = course_code.name
left join onset_day
    on
        -- A course that is not recorded is not known to be persistent.
        case
            when symptom.course = 'persistent' then -1
            else date_diff('day', band.operated, symptom.onset_date)
        end = onset_day.day
left join first_treatment
    on
        symptom.operation = first_treatment.operation
        and symptom.line = first_treatment.line
        and symptom.source = first_treatment.source
cross join facts
where symptom.onset_date >= band.operated
order by symptom.operation, symptom.onset_date, symptom_code.code
