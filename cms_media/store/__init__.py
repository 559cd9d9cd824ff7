"""What outlives a restart, in a database: SQLite through SQLAlchemy (async), its tables kept up by Alembic.

Role: the adapter behind the domain's values; nothing else in the project knows of SQL. Who may import it: `app`.
Every foreign exception leaves as one of ours: RequestError when a value is taken, ResourceError otherwise.
"""
