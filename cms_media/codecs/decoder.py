"""Video decoding through PyAV: one thread, no added delay, whatever bytes come."""

import av
from av.codec.context import Flags
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange

from cms_media.base.errors import ResourceError
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec

MAX_PIXELS = 4096 * 2304
"""Larger pictures are refused: nobody sends them, and one would take 14 MB each for a dozen references."""

_FFMPEG_NAMES = {Codec.H264: "h264", Codec.VP8: "vp8"}


class VideoDecoder:
    """Decodes access units of one stream: H.264 as Annex B, VP8 as bare frames."""

    def __init__(self, codec: Codec) -> None:
        """Raises ResourceError for a codec that is not video."""
        if codec not in _FFMPEG_NAMES:
            raise ResourceError(f"no video decoder for {codec}")
        self.codec = codec
        self.pictures = 0
        self.errors = 0
        """Access units that the decoder refused; the caller asks for a key frame when it grows."""
        self._context = self._open()

    def decode(self, data: bytes) -> list[Picture]:
        """The pictures that this access unit completes: one; none when it is damaged or lacks references."""
        if not data:  # the library would take it for the end of the stream
            self.errors += 1
            return []
        try:
            frames = self._context.decode(av.Packet(data))
            pictures = [Picture(_planar(frame)) for frame in frames]
        except FFmpegError:
            self.errors += 1
            return []
        self.pictures += len(pictures)
        return pictures

    def reset(self) -> None:
        """Forgets all references: nothing is decoded before the next key frame."""
        self._context = self._open()

    def _open(self) -> VideoCodecContext:
        context = VideoCodecContext.create(_FFMPEG_NAMES[self.codec], "r")
        assert isinstance(context, VideoCodecContext)
        context.thread_count = 1
        context.flags |= Flags.low_delay
        context.options = {"max_pixels": str(MAX_PIXELS)}
        return context


def _planar(frame: av.VideoFrame) -> av.VideoFrame:
    """As 8-bit 4:2:0 in limited range; only the odd peer that sends something else costs a conversion."""
    full = frame.color_range == ColorRange.JPEG
    if frame.format.name == "yuv420p" and not full:
        return frame
    source = ColorRange.JPEG if full else ColorRange.MPEG
    return frame.reformat(format="yuv420p", src_color_range=source, dst_color_range=ColorRange.MPEG)
