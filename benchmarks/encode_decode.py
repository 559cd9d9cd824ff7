"""Video codecs as we run them: CPU milliseconds per picture, and the bits that they take."""

import json
import time

from benchmarks.moving_picture import MovingPicture
from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.encoder import EncoderFormat, VideoEncoder
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec

PICTURES = 150
_CASES = (
    (Codec.H264, 1280, 720, 2_000_000),
    (Codec.H264, 640, 360, 700_000),
    (Codec.H264, 320, 180, 256_000),
    (Codec.VP8, 1280, 720, 2_000_000),
    (Codec.VP8, 640, 360, 700_000),
)


def main() -> None:
    """Prints one entry per codec and size: encode, encode of a still canvas, decode, bit rate."""
    cases = {f"{c.value} {w}x{h}": _measure(EncoderFormat(c, w, h, 30, rate)) for c, w, h, rate in _CASES}
    print(json.dumps({"scenario": "encode_decode", "cases": cases}))


def _measure(output: EncoderFormat) -> dict[str, float]:
    moving = MovingPicture(output.width_px, output.height_px)
    encoder, decoder = VideoEncoder(output), VideoDecoder(output.codec)
    encode_s = decode_s = 0.0
    size = 0
    for _ in range(PICTURES):
        picture = moving.next_picture()
        started_s = time.process_time()
        data = encoder.encode(picture).data
        encoded_s = time.process_time()
        decoder.decode(data)
        decode_s += time.process_time() - encoded_s
        encode_s += encoded_s - started_s
        size += len(data)
    return {
        "encode_ms": round(1000 * encode_s / PICTURES, 2),
        "still_encode_ms": round(1000 * _still_s(encoder, moving.next_picture()), 2),
        "decode_ms": round(1000 * decode_s / PICTURES, 2),
        "kbit_s": round(size * 8 * output.fps / PICTURES / 1000),
    }


def _still_s(encoder: VideoEncoder, picture: Picture) -> float:
    started_s = time.process_time()
    for _ in range(PICTURES):
        encoder.encode(picture)
    return (time.process_time() - started_s) / PICTURES


if __name__ == "__main__":
    main()
