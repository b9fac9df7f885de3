"""The tables of a desk as they lie in its database: a row for each of them, and all that they hold."""

from datetime import UTC, date, datetime

import sqlalchemy as sa

from supportdesk.database import db

AT = datetime(2026, 11, 20, 18, 30, 0, 250_001, tzinfo=UTC)


def everything():
    """Every table: its columns and its rows."""
    found = {}
    with db.engine.connect() as connection:
        for table in sorted(sa.inspect(connection).get_table_names()):
            columns = [(column["name"], str(column["type"])) for column in sa.inspect(connection).get_columns(table)]
            rows = connection.exec_driver_sql(f"select * from {table} order by 1").fetchall()
            found[table] = columns, [tuple(row) for row in rows]
    return found


def fill_empty_tables():
    """A row in each table that has none, made of what its columns take."""
    tables = sa.MetaData()
    tables.reflect(db.engine)
    with db.engine.begin() as connection:
        for table in tables.sorted_tables:
            if connection.execute(sa.select(table).limit(1)).first() is None:
                connection.execute(table.insert().values(made_up_row(table)))


def made_up_row(table):
    some = {int: 1, str: "x", bytes: b"x", bool: False, float: 1.0, datetime: AT, date: AT.date(), dict: {}}
    some[object] = "{}"  # Of a column whose kind SQLite only calls JSON.
    row = {column.name: some[column.type.python_type] for column in table.columns if not column.nullable}
    return row | {key.parent.name: 1 for key in table.foreign_keys if key.column.name == "id"}
