"""Examples that run: a sample county with a whole year of events, and the public log of a service desk as real input.

They speak to Jifen over HTTP only, as any sending system does: nothing here imports the service. The other folders are
regulations as they are published, each a rulebook with event types and with cases that were computed by hand; the
sample county is appraised by that of Baixiang.
"""
