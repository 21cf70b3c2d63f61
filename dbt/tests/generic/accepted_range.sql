{% test accepted_range(model, column_name, min_value=none, max_value=none) %}

select *
from {{ model }}
where
    {{ column_name }} < {{ 'null' if min_value is none else min_value }}
    or {{ column_name }} > {{ 'null' if max_value is none else max_value }}

{% endtest %}
