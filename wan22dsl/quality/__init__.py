"""What is wrong with a video, and figures to compare it by; without a model, and never one score.

measure     the entry: `measure(video)` gives a `models.Quality`
models      its shape, which records of runs keep
libraries   what has to be installed
reading/    frames of a video, of a folder of pictures, of an animated picture
gathering   one walk through the frames: what is kept of each
sampled     what every fifth frame is measured by
motion      optical flow: warp error, smoothness, acceleration
shots       cuts and leaps, found first; figures are within shots
repeats     frames that repeat the one before, and their rhythm
broken, suspicious   findings
figures     what is compared
against     the input image, and a video of the same seed
limits      all fixed limits, with their source
words       an account for people
sheet       first, middle and last frame of several videos in one picture

Its files are imported where they are used, and numpy, OpenCV, PyAV and Pillow only here.
"""
