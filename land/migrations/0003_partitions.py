"""Loading and dropping vintages without owning tables, and the place where features wait for it.

The role that serves owns no table and may make none. Three functions, run with their owner's rights, do just
what a vintage needs and nothing else: a table beside the parent for the rows of one known vintage, its
attachment as a partition (which locks out no reader), and its removal once the vintage is marked as dropped.

``land_stagedfeature`` is unlogged: it can be made again from the file that the batch keeps. Its shapes lie
outside the rows, uncompressed, so that giving a row its village writes the small row alone.
"""

from django.db import migrations

STAGED = """
CREATE UNLOGGED TABLE land_stagedfeature (
    batch_id bigint NOT NULL,
    number integer NOT NULL,
    bsm text, tbbh text, class_code text, class_name text, village_code text,
    gross_m2 text, counted_m2 text, deduction_ratio text, quality_grade text,
    protected_from text, protected_to text,
    attrs jsonb NOT NULL,
    official_m2 double precision NOT NULL,
    geom geometry(MultiPolygon,4490) NOT NULL,
    work geometry NOT NULL,
    merc geometry(Geometry,3857) NOT NULL,
    shape_key uuid NOT NULL,
    z_order bigint NOT NULL,
    village_id bigint
);
CREATE UNLOGGED TABLE land_stagedground (batch_id bigint PRIMARY KEY, ground geometry NOT NULL);
ALTER TABLE land_stagedfeature ALTER COLUMN geom SET STORAGE EXTERNAL, ALTER COLUMN work SET STORAGE EXTERNAL,
    ALTER COLUMN merc SET STORAGE EXTERNAL;
CREATE INDEX land_stagedfeature_batch ON land_stagedfeature (batch_id);
"""

PARENT = """
CREATE FUNCTION land_parent_of(p_vintage bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN kind = 'parcels' THEN 'land_parcel' ELSE 'land_zone' END
      FROM land_vintage WHERE id = p_vintage
$$;
"""

CREATE = """
CREATE FUNCTION land_create_partition(p_vintage bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent text := land_parent_of(p_vintage);
    part text := parent || '_' || p_vintage;
BEGIN
    IF parent IS NULL THEN
        RAISE EXCEPTION 'there is no vintage %', p_vintage;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, parent);
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (vintage_id = %s)', part, part || '_only', p_vintage);
    EXECUTE format('CREATE TABLE %I (LIKE land_piece INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', 'land_piece_' || p_vintage);
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (vintage_id = %s)',
                   'land_piece_' || p_vintage, 'land_piece_' || p_vintage || '_only', p_vintage);
    RETURN part;
END $$;
"""

ATTACH = """
CREATE FUNCTION land_attach_partition(p_vintage bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent text := land_parent_of(p_vintage);
    part text := parent || '_' || p_vintage;
BEGIN
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%s)', parent, part, p_vintage);
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', part, part || '_only');
    EXECUTE format('ANALYZE %I', part);
    part := 'land_piece_' || p_vintage;
    EXECUTE format('ALTER TABLE land_piece ATTACH PARTITION %I FOR VALUES IN (%s)', part, p_vintage);
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', part, part || '_only');
    EXECUTE format('ANALYZE %I', part);
END $$;
"""

DROP = """
CREATE FUNCTION land_drop_partition(p_vintage bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent text := land_parent_of(p_vintage);
    part text := parent || '_' || p_vintage;
BEGIN
    IF NOT EXISTS (SELECT FROM land_vintage WHERE id = p_vintage AND dropped_at IS NOT NULL) THEN
        RAISE EXCEPTION 'vintage % is in force', p_vintage;
    END IF;
    EXECUTE format('DROP TABLE IF EXISTS %I', part);
    EXECUTE format('DROP TABLE IF EXISTS %I', 'land_piece_' || p_vintage);
END $$;
"""

FORWARD = [STAGED, PARENT, CREATE, ATTACH, DROP]
BACKWARD = [
    "DROP FUNCTION land_drop_partition(bigint)",
    "DROP FUNCTION land_attach_partition(bigint)",
    "DROP FUNCTION land_create_partition(bigint)",
    "DROP FUNCTION land_parent_of(bigint)",
    "DROP TABLE land_stagedground",
    "DROP TABLE land_stagedfeature",
]


class Migration(migrations.Migration):
    dependencies = [("land", "0002_layer_rows")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
