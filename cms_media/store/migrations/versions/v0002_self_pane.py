"""Spaces say what participants see where they would themselves be; those there were go on without."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the column; the default serves the rows there are, and only them."""
    with op.batch_alter_table("spaces") as table:
        table.add_column(sa.Column("self_pane", sa.String(32), nullable=False, server_default="skip"))
    with op.batch_alter_table("spaces") as table:
        table.alter_column(
            "self_pane", existing_type=sa.String(32), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    """Drops it."""
    with op.batch_alter_table("spaces") as table:
        table.drop_column("self_pane")
