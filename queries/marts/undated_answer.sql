-- One row per operation and thing that may be recorded without a day, such as a readmission within 30 days: whether it
-- came in the time that was asked about. Nothing where no operation at all was asked.
-- Not yet due: that time has not passed since surgery, whatever the answer: a no may still become a yes.
-- made: kept
-- ${cohort}: as in operation_band
-- undated: utinyint, the code of what was asked
-- within_days: smallint, the days after surgery that were asked about; null where it was not asked
-- answer: utinyint, 0 not asked, 1 no, 2 yes, 3 not yet due
with asked as (
    select
        operation,
        'readmitted' as undated,
        readmitted as answer,
        readmitted_within_days as within_days
    from operation
    union all
    select
        operation,
        'reoperated' as undated,
        reoperated as answer,
        reoperated_within_days as within_days
    from operation
)

select
    band.${cohort},
    cast(undated_code.code as utinyint) as undated,
    cast(case when asked.answer is not null then asked.within_days end as smallint) as within_days,
    cast(case
        when asked.answer is null then 0
        when follow_up_end.age_of_record < asked.within_days then 3
        when asked.answer then 2
        else 1
    end as utinyint) as answer
from asked
inner join undated_asked on asked.undated = undated_asked.undated
inner join operation_band as band on asked.operation = band.operation
inner join follow_up_end on asked.operation = follow_up_end.operation
inner join code as undated_code on undated_code.dimension = 'undated' and asked.undated = undated_code.name
order by asked.operation, undated
