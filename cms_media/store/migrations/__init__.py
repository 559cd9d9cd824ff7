"""Steps from one shape of the database to the next (Alembic), part of the installed package.

A new step: a module in `versions` whose `down_revision` is the latest; `database.open_database` runs what is missing.
"""
