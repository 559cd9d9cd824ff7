"""What the workers' ladders mean for control: whether pictures are to be shared, whether newcomers are let in. Pure."""

from collections.abc import Mapping

from cms_media.media.ladder_step import Step


class Pressure:
    """The step of every worker, as it last said."""

    def __init__(self) -> None:
        self._steps: dict[int, Step] = {}

    @property
    def sharing(self) -> bool:
        """Some worker wants everybody who could see the same to see the same."""
        return any(step.shares for step in self._steps.values())

    @property
    def refusing(self) -> bool:
        """Some worker already gives those whom it has less than they should get."""
        return any(step.refuses for step in self._steps.values())

    def report(self, place: int, values: Mapping[str, float | int | str]) -> None:
        """A worker's status."""
        step = values.get("ladder_step", 0)
        self._steps[place] = Step(step) if isinstance(step, int) and step in list(Step) else Step.FULL

    def lost(self, place: int) -> None:
        """The worker is gone; the next one in its place begins afresh."""
        self._steps.pop(place, None)
