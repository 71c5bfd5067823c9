-- One row per operation whose patient's age is known as a band only, which is not within one of ours: it is in none.
-- severity: note
-- table: operations
-- column: age_band
-- judged: age_band is not null and age is null
-- message: this band is not within one of ours, so that the age counts as not recorded where ages are told apart.
-- message: Fill in the age if it is known.
with ends as (
    select
        source,
        line,
        age_band,
        cast(split_part(age_band, '-', 1) as integer) as age_low,
        cast(split_part(age_band, '-', 2) as integer) as age_high
    from staged_operations
    where age_band is not null and age is null
)

select
    ends.source,
    ends.line,
    ends.age_band as value
from ends
where
    not exists (
        select 1
        from range_band
        where
            range_band.trait = 'age'
            and (range_band.low is null or ends.age_low >= range_band.low)
            and (range_band.high is null or ends.age_high < range_band.high)
    )
order by ends.source, ends.line
