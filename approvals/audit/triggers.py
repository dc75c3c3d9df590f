"""What the database itself refuses: to alter or remove an audit event or a signature.

Installed after every migrate, idempotently (ARCHITECTURE.md, traps). On PostgreSQL the application
role has no right to drop them; on SQLite they are all there is, and the status page says so.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

# Tables whose rows are written once. Other apps add theirs from their AppConfig.ready().
append_only_tables: set[str] = {"audit_auditevent", "audit_auditcheckpoint"}


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the append-only triggers on every registered table that exists."""
    present = set(connection.introspection.table_names())
    for table in sorted(append_only_tables & present):
        statements = _postgres(table) if connection.vendor == "postgresql" else _sqlite(table)
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the registered tables that lack a trigger, or whose trigger is switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                " WHERE t.tgname LIKE '%%_append_only%%' AND t.tgenabled = 'A' GROUP BY c.relname"
            )
        else:
            cursor.execute(
                "SELECT tbl_name, count(*) FROM sqlite_master"
                " WHERE type = 'trigger' AND name LIKE '%_append_only%' GROUP BY tbl_name"
            )
        found = dict(cursor.fetchall())
    return sorted(table for table in append_only_tables if found.get(table, 0) < 2)


def _postgres(table: str) -> list[str]:
    function = """
        CREATE OR REPLACE FUNCTION imprimatur_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP; END $$
    """
    row, truncate = f"{table}_append_only_row", f"{table}_append_only_truncate"
    return [
        function,
        f"DROP TRIGGER IF EXISTS {row} ON {table}",
        f"CREATE TRIGGER {row} BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION imprimatur_append_only()",
        f"DROP TRIGGER IF EXISTS {truncate} ON {table}",
        f"CREATE TRIGGER {truncate} BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION imprimatur_append_only()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {row}",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {truncate}",
    ]


def _sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_append_only_{verb.lower()} BEFORE {verb} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only: {verb} is refused'); END"
        for verb in ("UPDATE", "DELETE")
    ]
