"""What the host sends out of calls over web sockets: transcripts and audio, and what is made of them.

`sockets` takes connections and frames, `hearing` knows what may be heard of a call at this moment and keeps it.
"""
