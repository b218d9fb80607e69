"""Extensions and check-sign functions that the tables need; where the role may not create the extensions, an
administrator has done so."""

from django.contrib.postgres.operations import BtreeGistExtension, CreateExtension, TrigramExtension
from django.db import migrations

# GB 32100-2015: 31 signs, weights 3^i mod 31. GB 11643-1999: weights 2^(17-i) mod 11.
FORWARD = """
CREATE FUNCTION registry_uscc_right(code text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT length(code) = 18 AND substr(code, 18, 1) = substr('0123456789ABCDEFGHJKLMNPQRTUWXY',
    1 + (31 - (SELECT sum((strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(code, i, 1)) - 1)
      * (ARRAY[1,3,9,27,19,26,16,17,20,29,25,13,8,24,10,30,28])[i]) FROM generate_series(1, 17) i)::int % 31) % 31, 1)
$$;
CREATE FUNCTION registry_id_right(number text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT number ~ '^[1-9][0-9]{16}[0-9X]$' AND substr(number, 18, 1) = substr('10X98765432',
    1 + (SELECT sum(substr(number, i, 1)::int * (ARRAY[7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2])[i])
      FROM generate_series(1, 17) i)::int % 11, 1)
$$;
"""
BACKWARD = "DROP FUNCTION registry_uscc_right(text); DROP FUNCTION registry_id_right(text);"


class Migration(migrations.Migration):
    initial = True
    # tables of the libraries first: their many steps are quick while the state is small
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("axes", "0010_accessattemptexpiration"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("sessions", "0001_initial"),
    ]
    operations = [
        CreateExtension("postgis"),
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
