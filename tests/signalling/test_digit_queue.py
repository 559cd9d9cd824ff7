from cms_media.signalling.digit_queue import MAX_DIGITS, DigitQueue


def test_one_at_a_time() -> None:
    queue = DigitQueue()
    assert queue.add("1a") == 0
    assert [queue.next(), queue.next()] == ["1", ""]
    queue.answered()
    assert queue.next() == "A"
    queue.answered()
    assert queue.next() == ""


def test_what_is_no_digit_and_what_has_no_room_is_dropped() -> None:
    queue = DigitQueue()
    assert queue.add("1x2") == 1
    assert queue.add("3" * MAX_DIGITS) == 2
    assert len(queue) == MAX_DIGITS
