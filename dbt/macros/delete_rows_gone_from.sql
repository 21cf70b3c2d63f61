{% macro delete_rows_gone_from(origin, key) -%}
    delete from {{ this }} as built
    where
        not exists (
            select 1 from {{ origin.render() }} as origin
            where origin.{{ key }} = built.{{ key }}
        )
{%- endmacro %}
