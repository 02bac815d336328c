"""All fixed limits of measurements, each with its source.

`m` marks what was measured: on three clips with planted defects (a textured pan, and two public test clips,
`bikes` with cuts and `bunny`, 81 frames of 832x1216), and on the clips of tests/quality/. docs/quality.md
has the tables. A limit that did not separate good clips from planted defects is not here: it is a figure.
"""

from __future__ import annotations

# What is read

#: A frame of 8K has 33 million pixels; this many are held in memory some five times at once.
MOST_PIXELS = 36_000_000
#: Frames behind these are not measured: two minutes at 16 frames a second.
MOST_FRAMES = 2_000
#: Every so many frames one is looked at closely. Never 2 or 4: those see only the originals of a video whose
#: frame rate was doubled (m).
SAMPLE_EVERY = 5

# Broken

#: A black frame: mean luma and its standard deviation below these. (m)
BLACK_LUMA, BLACK_CONTRAST = 6.0, 4.0
#: A frame of one colour: no channel deviates more, after a codec. (m)
FLAT_CONTRAST = 1.5
#: A frame repeats the one before: their mean difference is below this, or below this share of the usual. (m)
SAME_DIFFERENCE, SAME_SHARE = 0.1, 0.1
#: And no spot of 8x8 pixels differs more: in a still scene only a mouth may move. (m)
SAME_SPOT = 2.0
#: So many repeats in a row are a standstill, not a slow moment: seconds, and frames.
FROZEN_S, FROZEN_FRAMES = 0.5, 8
#: Repeats are looked for where the other frames differ by this much: a codec keeps what hardly changes. (m)
MOVES = 0.5
#: And the first and the last frame of a video that does not move differ by less in every spot. (m)
FROZEN_SPOT = 8.0
#: A rhythm that a codec blurs: at every so many frames the difference is below this share of the others. (m)
DIP, LONGEST_RHYTHM = 0.4, 8
#: Repeats are periodic if this share of them is at the same distance. (m)
PERIODIC_SHARE = 0.8
LEAST_REPEATS = 3

# Suspicious

#: Noise that changes with each frame, in the flattest parts. (m: sd 6 was added, see docs/quality.md)
NOISE = 3.0
#: Gradients on the 8x8 grid, relative to those off it. (m: JPEG quality 12 gives 3.3 to 7.4,
#: h264 crf 28 up to 1.41)
BLOCKS = 2.0
#: Borders of tiles against the other columns and rows, as a robust z. (m: 44 to 130; good clips up to 10)
SEAMS = 40.0
#: Median second difference of the mean luma within a shot. (m: 6 to 10 at +-3 %; good clips 0.006 to 0.6)
FLICKER = 2.0
#: Blended frames: the inserted ones are below, the originals above. (m: 0.01 to 0.04 against 0.35 to 0.48;
#: B-frames of slow textures at crf 28 are down to 0.09)
BLENDED, ORIGINAL = 0.06, 0.2
#: And they do not follow the motion: 1 is a frame that does, 0 an average. Most frames that a codec predicts
#: from their neighbours (B-frames) follow it. (m)
FOLLOWS = 0.35
#: A jump: this much more than is usual around it, and at least so much. (m)
JUMP, JUMP_SHARE = 4.0, 2.0
#: Behind a jump it is another scene where the middle of the frame is found nowhere. (m)
SAME_SCENE = 0.8
#: A leap within a scene: all is suddenly elsewhere, in pixels of the video, and more than is usual. (m)
LEAP_PX, LEAP_SHARE = 4.0, 4.0
#: The first frame is another picture than the input image. (m: at an eighth of the size)
OTHER_PICTURE = 0.6

# Plain noise

#: Almost nothing of the contrast is in shapes larger than 32 pixels, and motion explains nothing. (m)
NOISE_STRUCTURE, NOISE_UNEXPLAINED, NOISE_CONTRAST = 0.06, 0.3, 8.0
#: Or little is, and nothing of a frame is found again five frames later. (m)
LITTLE_STRUCTURE, LASTING = 0.2, 0.3
#: And that in this share of the frames that are looked at.
NOISE_SHARE = 0.5
#: The video is frozen where this share of its frames repeat the one before.
FROZEN_SHARE = 0.9
#: Rates that differ by less are the same: 29.97 and 30.
SAME_FPS = 0.005
#: Black frames at an end are a fade where the picture next to them is darker than this.
FADE_LUMA = 24.0
#: Repeats that are not periodic are reported from this share of the frames on.
REPEATS_SHARE = 0.02
#: Frames are shown unevenly where the longest is shown this much longer than the shortest.
UNEVEN = 1.5
#: With fewer frames there is no rhythm to find.
LEAST_FRAMES = 12
