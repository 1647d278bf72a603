"""Photos made safe: what somebody uploads is never shown or sent as it came.

Purpose
-------
A photo from a telephone carries where and when it was taken, with which telephone, and whatever
else somebody hid in it; a file that calls itself a photo may be an attack on whoever opens it. Here
a picture is opened in a small process that can do nothing else, drawn anew, and only the new
picture goes on. The file as it came is evidence and is kept beside it, with its digest.

Rules
-----
1. The bytes say what a file is (`kinds`); names and claims count for nothing. Taken are JPEG, PNG,
   WebP, TIFF and, as a document without preview, PDF. HEIC is refused with a way out.
2. Pictures are decoded in `worker` only, by a process of its own. Before it looks at a byte it
   gives up: memory and processor time beyond its bounds, writing files, starting programs, opening
   files or sockets (no descriptor is left to give), and where the system allows it its network.
   Whoever waits for it (`darkroom`) bounds what it says and ends it when it takes too long.
3. A picture has a bounded number of pixels, looked at before they are made, and one frame.
4. What comes out has pixels and nothing else: turned upright, colours as sRGB, no EXIF, no place,
   no XMP, no comment, no profile, nothing after the end. A thumbnail is made in the same run.
5. Nothing of this is decided by trust: photos of a peer go the same way before they are shown.
6. A page that is printed as PDF (`printer`) holds pictures and words of peers: a process of its
   own, too, given the page and its files and no more, with bounded time and memory.

What it does not do
-------------------
Keep files, encrypt them or know what they belong to (`casework.attach`); repair damaged pictures;
open PDF; find what somebody painted into the picture itself.

Decisions
---------
* A process, not a thread, and a new one for each picture: a decoder written in C is what is
  attacked, and what it did ends with it. Costs about a fifth of a second. Rejected: a pool of
  workers; the next photo would be opened by a process that the last one may have taken.
* The printing process is bounded less than the one that draws: it loads fonts and an extra that may
  lie anywhere, so it opens files; what a page names is given to it, and nothing is fetched.
* More than one frame is refused. Rejected: taking the first; pages of a scan would be lost unseen.

Example:
    >>> photo = await Darkroom().develop(uploaded)
    >>> photo.media_type, photo.width, photo.height
    ('image/jpeg', 3024, 4032)
"""

from tracer.media.darkroom import Bounds, Darkroom, Photo, Photos
from tracer.media.kinds import MAX_OPENED, PDF, SUFFIX, is_picture, sniff

__all__ = [
    "MAX_OPENED",
    "PDF",
    "SUFFIX",
    "Bounds",
    "Darkroom",
    "Photo",
    "Photos",
    "is_picture",
    "sniff",
]
