"""Tables as they are now. A change here needs a migration beside it; a test compares the two."""

from sqlalchemy import Column, MetaData, String, Table

METADATA = MetaData(
    naming_convention={"pk": "pk_%(table_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s"}
)
"""Named constraints: Alembic cannot change what has no name."""

SPACES = Table(
    "spaces",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("uri", String(200), nullable=False),
    # The URI casefolded: unique whatever the case, in any database and any alphabet.
    Column("uri_key", String(600), nullable=False, unique=True),
    # NULL for none: several spaces may have none, but no two the same.
    Column("call_id", String(32), nullable=True, unique=True),
    Column("passcode", String(32), nullable=False),
    Column("layout", String(32), nullable=False),
    Column("self_pane", String(32), nullable=False),
)
