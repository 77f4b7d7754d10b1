"""Benchmarks: what Jifen costs beside a limit or a peer that is measured in the same run.

Every figure is a ratio of medians over alternating rounds, so that it means something on any machine. A bar that
doesn't hold is printed as such. Nothing here is imported by the service.
"""
