"""The second guard: row-level security on what is known of people.

``tianzhang.scope`` of the session holds the paths of the divisions that are worked for, with commas between
them, or ``*`` for everything (commands, the background worker). Unset or empty: no row. The policies hold for
every role but the owner of the tables, who migrates and backs up. Histories follow their tables; triggers write
them, so that adding to them is free.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION registry_in_scope(path text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT path ^@ ANY (string_to_array(current_setting('tianzhang.scope', true), ','))
$$;
CREATE FUNCTION registry_unscoped() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(current_setting('tianzhang.scope', true), '') = '*'
$$;
CREATE FUNCTION registry_everywhere() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT registry_unscoped() OR NOT EXISTS (
    SELECT FROM registry_division d WHERE d.parent_id IS NULL AND registry_in_scope(d.path) IS NOT TRUE)
$$;
"""

DROPPED = """
DROP FUNCTION registry_everywhere(); DROP FUNCTION registry_in_scope(text); DROP FUNCTION registry_unscoped();
"""

# A party is in scope where its division is, or where it is named on a unit: a person of another township who
# keeps a road of this one is known here.
PARTY = """
EXISTS (SELECT FROM registry_party p JOIN registry_division d ON d.id = p.division_id
         WHERE p.id = {0} AND registry_in_scope(d.path))
OR EXISTS (SELECT FROM registry_entry e JOIN registry_unit u ON u.id = e.unit_id
             JOIN registry_division d ON d.id = u.division_id
            WHERE e.party_id = {0} AND registry_in_scope(d.path))
OR EXISTS (SELECT FROM registry_entry e JOIN registry_unit u ON u.id = e.unit_id
             JOIN registry_division d ON d.id = u.division_id
            WHERE e.agent_id = {0} AND registry_in_scope(d.path))
"""
GUARDED = {"registry_personaldata": "party_id", "registry_partymember": "group_id"}
HISTORIES = {"registry_partymemberevent": "group_id"}


def guard(table: str, rows: str, free: str) -> str:
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n"
        f"CREATE POLICY scope ON {table} USING ((SELECT {free}()) OR {rows});"
    )


def guard_history(table: str, rows: str, free: str) -> str:
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n"
        f"CREATE POLICY scope ON {table} FOR SELECT USING ((SELECT {free}()) OR {rows});\n"
        f"CREATE POLICY kept ON {table} FOR INSERT WITH CHECK (true);"
    )


def unguard(table: str) -> str:
    return (
        f"DROP POLICY scope ON {table}; DROP POLICY IF EXISTS kept ON {table};\n"
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    )


def operations(
    guarded: dict[str, str], histories: dict[str, str], free: str = "registry_unscoped"
) -> list[migrations.RunSQL]:
    """Guard tables and histories, each by the condition under which a row is in scope.

    ``free``: the function that says that no row need be asked. For tables whose every row belongs to a place
    that is ``registry_everywhere``: who works for all divisions works for all of their rows.
    """
    made = [migrations.RunSQL(guard(table, rows, free), unguard(table)) for table, rows in guarded.items()]
    return made + [
        migrations.RunSQL(guard_history(table, rows, free), unguard(table)) for table, rows in histories.items()
    ]


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_kernel")]
    operations = [
        migrations.RunSQL(FUNCTIONS, DROPPED),
        *operations(
            {table: PARTY.format(f"{table}.{column}") for table, column in GUARDED.items()},
            {table: PARTY.format(f"{table}.{column}") for table, column in HISTORIES.items()},
        ),
    ]
