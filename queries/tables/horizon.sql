-- One row per landmark: the days that readers hold a day against, and of what the counts were prepared.
-- data_date, operations: as facts had them then. Where they are others now, the counts are of something else.
create or replace table horizon (
    days integer,
    data_date date,
    operations integer
)
