"""A run as it should be, for tests to spoil."""

from cms_media.bench.messages import Counted, EarCount, LegCount, LegView, Seen
from cms_media.bench.plan import Plan, Scenario, leg_plan
from cms_media.bench.verdict import Evidence

PLAN: Plan = leg_plan(Scenario.GALLERY, 2, "720p", 10.0)
COUNTED = Counted(
    seconds=10.0,
    legs=(LegCount("leg-000", 30.0, 0, 500, 0, "720p"), LegCount("leg-001", 29.9, 0, 499, 1, "360p")),
    ears=(EarCount("leg-001", 0, 0.0, -38.2),),
    sent=600,
    sent_late=1,
    worst_late_ms=21.0,
    skipped_ticks=0,
    cpu_s=0.5,
)
SEEN = Seen((LegView("leg-000", "", 41.5, 1280, 720), LegView("leg-001", "", 39.0, 1280, 720)), 2, None)
GOOD = Evidence(PLAN, (), COUNTED, SEEN, 0)
