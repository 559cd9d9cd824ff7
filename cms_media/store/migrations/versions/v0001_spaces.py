"""The first shape: spaces."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "spaces",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("uri", sa.String(200), nullable=False),
        sa.Column("uri_key", sa.String(600), nullable=False),
        sa.Column("call_id", sa.String(32), nullable=True),
        sa.Column("passcode", sa.String(32), nullable=False),
        sa.Column("layout", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_spaces"),
        sa.UniqueConstraint("uri_key", name="uq_spaces_uri_key"),
        sa.UniqueConstraint("call_id", name="uq_spaces_call_id"),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("spaces")
