"""The tables of the SQLite store, as a numbered list of migrations.

A file carries its version in ``user_version`` and our mark in ``application_id``. A migration is never edited once it
has been released: a change of the tables is a new entry at the end.
"""

from __future__ import annotations

import sqlite3

from interpreter.store import StoreUnsuitable

APPLICATION_ID = 0x49565231
"""``IVR1``: tells our files from other SQLite files."""

MIGRATIONS: tuple[str, ...] = (
    # No index on call.state or call.version: the row is found by its id and rewritten at every step.
    """
    CREATE TABLE call (
        id TEXT PRIMARY KEY, shard INTEGER NOT NULL, version INTEGER NOT NULL, status TEXT NOT NULL,
        script TEXT NOT NULL, state TEXT NOT NULL, connection_id TEXT NOT NULL, incoming_context TEXT NOT NULL,
        caller TEXT NOT NULL, called TEXT NOT NULL, seen BLOB NOT NULL, events INTEGER NOT NULL,
        actions INTEGER NOT NULL, began REAL NOT NULL, updated REAL NOT NULL
    );
    CREATE INDEX call_ended ON call (updated) WHERE status = 'ended';
    CREATE INDEX call_script ON call (script);
    CREATE TABLE journal (
        call_id TEXT NOT NULL, n INTEGER NOT NULL, at REAL NOT NULL, event TEXT NOT NULL,
        PRIMARY KEY (call_id, n)
    ) WITHOUT ROWID;
    CREATE TABLE outbox (
        call_id TEXT NOT NULL, seq INTEGER NOT NULL, op TEXT NOT NULL, action TEXT NOT NULL, rid TEXT NOT NULL,
        first_sent REAL NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, next_at REAL NOT NULL,
        error TEXT NOT NULL,
        PRIMARY KEY (call_id, seq)
    ) WITHOUT ROWID;
    CREATE INDEX outbox_waiting ON outbox (call_id, next_at) WHERE state = 'waiting';
    CREATE TABLE timer (
        call_id TEXT NOT NULL, name TEXT NOT NULL, generation INTEGER NOT NULL, due REAL NOT NULL,
        PRIMARY KEY (call_id, name)
    ) WITHOUT ROWID;
    CREATE TABLE script (hash TEXT PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE switch (name TEXT PRIMARY KEY, is_on INTEGER NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
    CREATE TABLE ping (id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL);
    """,
    # What calls keep for each other: values, counters, and the requests that were counted or sent already.
    """
    CREATE TABLE kept (
        kind TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, until REAL NOT NULL,
        PRIMARY KEY (kind, name, key)
    ) WITHOUT ROWID;
    CREATE INDEX kept_until ON kept (until);
    """,
    # Queues and agents: one log for all of them, its latest image, and call detail records.
    """
    CREATE TABLE floor_log (n INTEGER PRIMARY KEY, at REAL NOT NULL, by TEXT NOT NULL, text TEXT NOT NULL);
    CREATE TABLE floor_image (id INTEGER PRIMARY KEY CHECK (id = 1), n INTEGER NOT NULL, text TEXT NOT NULL);
    CREATE TABLE detail (
        call_id TEXT NOT NULL, leg TEXT NOT NULL, at REAL NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (call_id, leg)
    ) WITHOUT ROWID;
    CREATE INDEX detail_at ON detail (at);
    """,
    # The calls that go on, to be listed: a few beside the many that are kept.
    "CREATE INDEX call_live ON call (began, id) WHERE status = 'live';",
)


def prepare(connection: sqlite3.Connection, path: str) -> None:
    """Create the tables or bring them up to date.

    Raises `StoreUnsuitable` for a file that is not ours or newer than this program.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    mark = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
    if tables and mark != APPLICATION_ID:
        raise StoreUnsuitable(f"{path} is an SQLite file of another program")
    if version > len(MIGRATIONS):
        raise StoreUnsuitable(
            f"{path} has schema version {version}, this program knows up to {len(MIGRATIONS)}: use the newer program"
        )
    # The three settings are durable parts of the file and follow the transaction that they stand in.
    for number in range(version, len(MIGRATIONS)):
        connection.executescript(
            f"BEGIN IMMEDIATE; {MIGRATIONS[number]}"
            f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {number + 1}; COMMIT;"
        )
