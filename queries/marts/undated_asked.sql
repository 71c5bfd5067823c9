-- One row per thing that may be recorded without a day and was asked of any operation at all.
-- made: passing
-- undated: varchar, its name
select 'readmitted' as undated
where
    exists (
        select 1
        from operation
        where readmitted is not null
    )
union all
select 'reoperated' as undated
where
    exists (
        select 1
        from operation
        where reoperated is not null
    )
