"""What an editor shows about the place under the pointer, as Markdown: `hover.at(view, offset)`.

hover      decides what is there                 markdown   pieces of Markdown
names      declarations, values, parameters      settings   what settings do, and where a value comes from
passes     experts, sigmas, hand-offs            lengths    seconds, frames, sizes
assets     model files                           files      pictures, videos, sounds
nodes      node classes and their inputs         samplers   samplers and schedulers
flags      flags of ComfyUI in profiles
comments   rules in comments                     documents  nodes of ComfyUI JSON
"""
