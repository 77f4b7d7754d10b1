"""Webhooks: systems that are told of what the feed holds, after Standard Webhooks; a hint, the feed is the truth.

    journal ──position──▶ feed ──▶ outbox      a message for each item that a webhook is told of, derived by its place
                                     │
                                  delivering   claimed, signed, sent, settled; tried for three days
                                     │
                                  calling ──▶  the receiver, at an address that was looked at

The entry of a change is written in the change's own transaction and gets a gap-free position; from there on a place in
the feed says what was derived. So nothing is lost between a COMMIT and a message, whoever is killed meanwhile.
"""
