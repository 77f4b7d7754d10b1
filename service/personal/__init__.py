"""Personal data: how the journal speaks of it without holding it, and how a person's identity is erased.

Names and phone numbers are in the table person, aliases in alias, free text in remark; nothing else in the service may
keep any. What results rest on knows a worker by an opaque id and is never touched here.
"""
