"""The examples, run against the service as their readers would run them."""
