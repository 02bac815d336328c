"""Which findings count: configuration, selection, suppressions, baselines; and results that are kept.

selectors     codes, names and prefixes such as `WAN7`
patterns      which paths a pattern such as `old/**` means
settings      what a configuration may say, as plain data
toml          the text of a configuration: read, and where in it something is
config        the configuration of a file: found upwards, with its profile
allow         `# wan: allow(name) reason`
baseline      what was there before, and does not count
verdict       all of this, put together
stored        findings as plain data, and back
cache         results on disk
"""
