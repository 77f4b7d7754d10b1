"""Examples that run: a sample county with a whole year of events, and the public log of a service desk as real input.

They speak to Jifen over HTTP only, as any sending system does: nothing here imports the service.
"""
