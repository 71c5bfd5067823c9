-- One row per symptom that an operation's patient reported on or after surgery, with everything that a filter needs.
select
    symptom.operation,
    band.patient,
    band.procedure,
    band.surgeon,
    band.site,
    band.operated,
    band.index_operation,
    cast(symptom_code.code as utinyint) as symptom,
    cast(least(date_diff('day', band.operated, symptom.onset_date), 32000) as smallint) as day,
    onset_day.onset,
    cast(coalesce(course_code.code, 0) as utinyint) as course,
    cast(symptom.severity as utinyint) as severity,
    coalesce(symptom_code.family = 'red_flag', false) as red_flag,
    symptom.contacted_at is not null as contacted,
    cast(date_diff('day', symptom.onset_date, facts.data_date) as integer) as days_ago,
    cast(symptom.resolved_date is not null as utinyint) as resolved,
    coalesce(first_treatment.start_date <= coalesce(symptom.resolved_date, facts.data_date), false) as treated,
    ${factors}  -- noqa: RF02
from symptom
inner join operation_band as band on symptom.operation = band.operation
inner join code as symptom_code on symptom_code.dimension = 'symptom' and symptom.symptom = symptom_code.name
left join code as course_code on course_code.dimension = 'course' and symptom.course = course_code.name
left join onset_day
    on
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
order by symptom.operation, symptom.onset_date
