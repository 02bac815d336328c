"""The embedded server: ComfyUI's protocol as measured, over an execution that is only simulated.

Nothing is computed here and nothing needs a GPU; time passes as it would on a chosen card, and every
file that comes out says that it is simulated. How it is laid out:

- `embedded` starts and stops a server in a thread; `app` is its routes, `state` what it remembers
- one file per theme of the protocol: `prompts`, `queued`, `history`, `files`, `sockets`, `about`
- `validate` judges a prompt as ComfyUI does, `order` and `signatures` say which nodes run and when
- `worker` runs one prompt after another, `nodes` knows what a node would give, `cost`, `cards` and
  `memory` how long it would take, `saving` and `media` write the files
- `faults` is the language for what should go wrong

aiohttp is imported in this package only, and this package only by the commands that need it; PyAV and
Pillow when the first file is written.
"""
