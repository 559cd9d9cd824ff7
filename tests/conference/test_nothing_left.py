from tests.census import census
from tests.conference.world import World

LEGS = 200


def test_legs_that_are_over_leave_nothing() -> None:
    world = World(max_legs=10)
    world.join("stays", video=True)
    for name in ("warm", "up"):
        world.bye(world.join(name, video=True))
    world.speak(0.2, stays=-30)
    world.bridge.tick()
    before = census()
    for number in range(LEGS):
        leg = world.join(f"leg{number}", "demo" if number % 2 else "talk", video=True)
        world.speak(0.2, **{leg: -20})
        world.bye(leg)
        # what the fakes remember is not ours
        world.signalling.said.clear()
        world.signalling.descriptions.clear()
        world.media.closed.clear()
    world.bridge.tick()
    world.speak(0.2, stays=-30)
    assert census() - before == {}
