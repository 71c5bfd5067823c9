-- One row: when the records were imported, when those before were, and whether definitions changed in between; or none.
select
    imported,
    published,
    definitions_changed
from import_before
order by imported
