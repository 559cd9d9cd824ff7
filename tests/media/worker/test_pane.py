"""Panes: drawn once per face, bounded in number."""

from cms_media.codecs.picture import Picture
from cms_media.media.worker.pane import Border, Face, Panes, Shape
from cms_media.media.worker.source import Look, Source

SHAPE = Shape(160, 120, Border.NONE)


def _source(luma: int) -> Source:
    source = Source(lambda: None)
    source.picture = Picture.blank(320, 240, luma)
    source.renew(0.0)
    return source


def test_one_drawing_per_face() -> None:
    panes, face = Panes(_source(200)), Face("", Look.LIVE, 1)
    first = panes.pane(SHAPE, face)
    assert (first.y == 200).all()
    first.y[:] = 7
    assert panes.pane(SHAPE, face) is first
    assert (first.y == 7).all()
    panes.pane(SHAPE, face._replace(version=2))
    assert (first.y == 200).all()
    panes.pane(SHAPE, face._replace(look=Look.DIMMED))
    assert (first.y < 100).all()


def test_border_and_label_are_part_of_it() -> None:
    pane = Panes(_source(100)).pane(SHAPE._replace(border=Border.ACTIVE), Face("Ann", Look.LIVE, 1))
    assert (pane.y[:4] == 170).all()
    assert (pane.y[-4:] == 170).all()
    assert pane.y[90:112, 8:60].max() > 200
    assert (pane.y[10:80, 10:150] == 100).all()


def test_without_a_picture_there_is_a_card() -> None:
    pane = Panes(Source(lambda: None)).pane(SHAPE, Face("Ann", Look.LIVE, 0))
    assert pane.y.max() > 150


def test_number_of_panes_is_bounded() -> None:
    panes, face = Panes(_source(50)), Face("", Look.LIVE, 1)
    kept = [panes.pane(Shape(2 * n, 90, Border.LINE), face) for n in range(10, 30)]
    assert panes.pane(Shape(58, 90, Border.LINE), face) is kept[-1]
    assert panes.pane(Shape(20, 90, Border.LINE), face) is not kept[0]


def test_the_smallest_pane_can_be_drawn() -> None:
    for border in Border:
        Panes(_source(50)).pane(Shape(2, 2, border), Face("Ann", Look.LIVE, 1))
