"""The colours of reports, on light and on dark paper.

Those of series are the colours of Okabe and Ito (https://jfly.uni-koeln.de/color/), which people with any
kind of colour blindness tell apart, darkened or lightened until they are seen well on the paper.
"""

from __future__ import annotations

#: Colours on light paper. Each is there once: a colour of an SVG is found by it.
LIGHT = {
    "ink": "#1a1f26",
    "soft": "#555f6b",
    "grid": "#dfe3e8",
    "paper": "#fefefe",
    "good": "#dcefe4",
    "fair": "#fbf0d5",
    "noise": "#e9ebee",
    "bar": "#b9cfe4",
    "hue-0": "#0068a8",
    "hue-1": "#c2500a",
    "hue-2": "#00805c",
    "hue-3": "#a8487f",
    "hue-4": "#8a6d00",
    "hue-5": "#6b7480",
    "pale-0": "#8fc1e6",
    "pale-1": "#f3b58f",
    "pale-2": "#86d0b8",
    "pale-3": "#e4b1cf",
    "pale-4": "#e3cf7d",
    "pale-5": "#c3c9d0",
    "limit": "#b3261e",
}

DARK = {
    "ink": "#e8ebef",
    "soft": "#a4adb8",
    "grid": "#343b44",
    "paper": "#15191e",
    "good": "#173527",
    "fair": "#3b3115",
    "noise": "#2b3138",
    "bar": "#2f4a63",
    "hue-0": "#5ab4f0",
    "hue-1": "#f08a4b",
    "hue-2": "#35c096",
    "hue-3": "#e08fbc",
    "hue-4": "#e0bd45",
    "hue-5": "#98a2ae",
    "pale-0": "#2c6896",
    "pale-1": "#8f4f25",
    "pale-2": "#1c6f56",
    "pale-3": "#85496a",
    "pale-4": "#7c6820",
    "pale-5": "#535c67",
    "limit": "#ff8a80",
}
