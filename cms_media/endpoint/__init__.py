"""`cms-media dial`: a scripted SIP endpoint with real media, on the bridge's own signalling, engine and codecs.

    options ─► session ─► call (SIP, SDP) ─► audio: source ─► engine ─► tap ─► numbers
                                         └─► video: source ─► encoder ─► engine ─► decoder ─► numbers

It plays a tone or a file, shows a pattern or a file, records what it gets and reports both as numbers. Imported by
`cli`, tests and benchmarks only. One thread: encoding a picture blocks signalling for some milliseconds, which
nobody notices here.
"""
